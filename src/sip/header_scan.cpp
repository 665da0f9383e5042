// SPDX-License-Identifier: Apache-2.0
#include "sip/header_scan.h"

#include "base/text.h"

namespace wakeline::sip {

HeaderScan::State HeaderScan::scan(std::string_view bytes) {
    while (true) {
        const auto newline = bytes.find('\n', searched_);
        const std::size_t end = newline == std::string_view::npos ? bytes.size() : newline + 1;
        if (end > limits_.header_bytes) return refuse(513, "header section too long");
        if (newline == std::string_view::npos) {
            searched_ = bytes.size();
            return State::More;
        }
        const State state = take_line(bytes, end);
        if (state != State::More) return state;
        line_start_ = searched_ = end;
    }
}

HeaderScan::State HeaderScan::refuse(int status, std::string_view why) {
    status_ = status;
    why_ = why;
    return State::Refused;
}

HeaderScan::State HeaderScan::take_line(std::string_view bytes, std::size_t end) {
    std::string_view line = bytes.substr(line_start_, end - line_start_);
    if (line.size() < 2 || line[line.size() - 2] != '\r')
        return refuse(400, "a line that ends with a bare LF");
    line.remove_suffix(2);
    if (line.empty()) {
        header_size_ = end;
        return end_of_headers(bytes);
    }
    if (line.find('\r') != std::string_view::npos) return refuse(400, "a bare CR in the header section");
    if (++lines_ > limits_.lines) return refuse(513, "too many header lines");
    return lines_ == 1 ? State::More : take_header(line);
}

HeaderScan::State HeaderScan::take_header(std::string_view line) {
    if (line.front() == ' ' || line.front() == '\t') {
        if (lines_ == 2) return refuse(400, "a folded start line");
        folded_ = true;
        if (in_length_) length_end_ = line_start_ + line.size();
        return State::More;
    }
    HeaderLine header;
    if (!HeaderLine::split(line, header)) flaw_ = "a header line without a name and a colon";
    header.name = long_name(header.name);
    if (index_ != nullptr) index_->push_back(header);
    in_length_ = iequals(header.name, "Content-Length");
    if (!in_length_) return State::More;
    if (length_end_ != 0) return refuse(400, "more than one Content-Length");
    length_begin_ = line_start_ + line.find(':') + 1;
    length_end_ = line_start_ + line.size();
    return State::More;
}

HeaderScan::State HeaderScan::end_of_headers(std::string_view bytes) {
    if (lines_ == 0) return refuse(400, "no start line");
    const std::string_view section = bytes.substr(0, header_size_);
    std::size_t commas = 0;
    for (auto at = section.find(','); at != std::string_view::npos; at = section.find(',', at + 1))
        ++commas;
    if (commas > limits_.commas) return refuse(513, "too many commas in the header section");
    if (section.find('\0') != std::string_view::npos) flaw_ = "a NUL in the header section";
    if (length_end_ == 0) return State::Complete;
    return read_content_length(trim(bytes.substr(length_begin_, length_end_ - length_begin_)));
}

HeaderScan::State HeaderScan::read_content_length(std::string_view value) {
    const bool digits = !value.empty() && value.find_first_not_of("0123456789") == std::string_view::npos;
    if (!digits) return refuse(400, "a Content-Length that is no number");
    const auto length = parse_unsigned<std::size_t>(value);
    if (!length || *length > limits_.body_bytes) return refuse(413, "body too long");
    content_length_ = *length;
    return State::Complete;
}

} // namespace wakeline::sip
