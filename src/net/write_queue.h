// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace wakeline::net {

/// Octets that wait to be sent. Holds no memory when it is empty: most connections sleep.
class WriteQueue {
public:
    void add(std::string_view data) {
        if (sent_ > bytes_.size() / 2) {
            bytes_.erase(0, sent_);
            sent_ = 0;
        }
        bytes_ += data;
    }
    void remove(std::size_t n) {
        sent_ += n;
        if (sent_ == bytes_.size()) clear();
    }
    void clear() noexcept {
        std::string().swap(bytes_);
        sent_ = 0;
    }

    std::string_view front() const noexcept { return std::string_view(bytes_).substr(sent_); }
    std::size_t size() const noexcept { return bytes_.size() - sent_; }
    bool empty() const noexcept { return size() == 0; }

private:
    std::string bytes_;
    std::size_t sent_ = 0;
};

} // namespace wakeline::net
