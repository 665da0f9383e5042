// SPDX-License-Identifier: Apache-2.0
#include "provision/qr_code.h"

#include <qrencode.h>
#include <zlib.h>

#include <cstdint>

#include "base/c_handle.h"

namespace wakeline::provision {

namespace {

constexpr std::size_t kBorder = 4, kPixels = 8;

void put_u32(std::string& out, std::uint32_t value) {
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        out += static_cast<char>(value >> shift & 0xff);
}

/// PNG (ISO 15948) section 5.3: length, type, data, CRC of type and data.
void put_chunk(std::string& out, std::string_view type, std::string_view data) {
    put_u32(out, static_cast<std::uint32_t>(data.size()));
    const std::string body = std::string(type) + std::string(data);
    out += body;
    put_u32(out, static_cast<std::uint32_t>(::crc32(0, reinterpret_cast<const Bytef*>(body.data()),
                                                    static_cast<uInt>(body.size()))));
}

std::string deflated(const std::string& text) {
    uLongf size = ::compressBound(static_cast<uLong>(text.size()));
    std::string out(size, '\0');
    ::compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
               static_cast<uLong>(text.size()));
    out.resize(size);
    return out;
}

} // namespace

Result<QrCode> QrCode::of(const std::string& text) {
    const CHandle<QRcode, QRcode_free> code(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M));
    if (!code) return Error{ErrorCode::InvalidInput, "the text is too long for a QR code"};
    const auto inner = static_cast<std::size_t>(code->width);
    const std::size_t width = inner + 2 * kBorder;
    std::vector<bool> modules(width * width);
    for (std::size_t y = 0; y < inner; ++y)
        for (std::size_t x = 0; x < inner; ++x)
            modules[(y + kBorder) * width + x + kBorder] = (code->data[y * inner + x] & 1) != 0;
    return QrCode(width, std::move(modules));
}

std::string QrCode::terminal() const {
    std::string out;
    for (std::size_t y = 0; y < width_; y += 2) {
        out += "\x1b[30;47m"; // black on white
        for (std::size_t x = 0; x < width_; ++x) {
            const bool upper = dark(x, y), lower = y + 1 < width_ && dark(x, y + 1);
            out += upper ? (lower ? "\u2588" : "\u2580") : lower ? "\u2584" : " ";
        }
        out += "\x1b[0m\n";
    }
    return out;
}

std::string QrCode::svg() const {
    const std::string size = std::to_string(width_);
    std::string out = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + size + ' ' + size +
                      "\" shape-rendering=\"crispEdges\"><rect width=\"" + size + "\" height=\"" + size +
                      "\" fill=\"#fff\"/><path d=\"";
    for (std::size_t y = 0; y < width_; ++y)
        for (std::size_t x = 0; x < width_; ++x)
            if (dark(x, y)) out += 'M' + std::to_string(x) + ' ' + std::to_string(y) + "h1v1h-1z";
    return out + "\"/></svg>\n";
}

std::string QrCode::png() const {
    const std::size_t side = width_ * kPixels;
    std::string head;
    put_u32(head, static_cast<std::uint32_t>(side));
    put_u32(head, static_cast<std::uint32_t>(side));
    head += std::string("\x01\x00\x00\x00\x00", 5); // one bit a pixel, grey
    std::string rows;
    for (std::size_t y = 0; y < side; ++y) {
        rows += '\0'; // no filter
        for (std::size_t x = 0; x < width_; ++x)
            rows += dark(x, y / kPixels) ? '\x00' : '\xff'; // a module is an octet
    }
    std::string out = "\x89PNG\r\n\x1a\n";
    put_chunk(out, "IHDR", head);
    put_chunk(out, "IDAT", deflated(rows));
    put_chunk(out, "IEND", "");
    return out;
}

} // namespace wakeline::provision
