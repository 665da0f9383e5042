// SPDX-License-Identifier: Apache-2.0
#include "media/datagram_bio.h"

#include <openssl/bio.h>

#include <algorithm>

#include "base/c_handle.h"

namespace wakeline::media {

namespace {

/// IPv6's smallest MTU without IP and UDP headers, so that no flight is cut on its way.
constexpr long kMtu = 1'232;

DatagramBox& box_of(BIO* bio) { return *static_cast<DatagramBox*>(BIO_get_data(bio)); }

int write_datagram(BIO* bio, const char* data, int size) {
    constexpr std::size_t kMost = 32; // of one flight
    BIO_clear_retry_flags(bio);
    auto& out = box_of(bio).out;
    if (out.size() < kMost) out.emplace_back(data, data + size);
    return size;
}

int read_datagram(BIO* bio, char* data, int size) {
    BIO_clear_retry_flags(bio);
    ByteView& in = box_of(bio).in;
    if (in.empty()) {
        BIO_set_retry_read(bio);
        return -1;
    }
    const auto got = std::min(in.size(), static_cast<std::size_t>(size));
    std::copy_n(in.begin(), got, reinterpret_cast<std::uint8_t*>(data));
    in = {}; // the rest of a datagram is lost, as a socket has it
    return static_cast<int>(got);
}

long control(BIO*, int command, long, void*) {
    switch (command) {
    case BIO_CTRL_FLUSH: return 1;
    case BIO_CTRL_DGRAM_QUERY_MTU:
    case BIO_CTRL_DGRAM_GET_MTU:
    case BIO_CTRL_DGRAM_GET_FALLBACK_MTU: return kMtu;
    default: return 0; // OpenSSL's own numbers, and it will have more
    }
}

int on_create(BIO* bio) {
    BIO_set_init(bio, 1);
    return 1;
}

using Method = CHandle<BIO_METHOD, BIO_meth_free>;

Method make_method() {
    Method method(BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "wakeline datagrams"));
    if (!method) return method;
    BIO_meth_set_write(method.get(), write_datagram);
    BIO_meth_set_read(method.get(), read_datagram);
    BIO_meth_set_ctrl(method.get(), control);
    BIO_meth_set_create(method.get(), on_create);
    return method;
}

} // namespace

BIO* new_datagram_bio(DatagramBox& box) {
    static const Method method = make_method(); // never changes once made
    BIO* bio = BIO_new(method.get());
    if (bio != nullptr) BIO_set_data(bio, &box);
    return bio;
}

} // namespace wakeline::media
