// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <array>
#include <string>
#include <string_view>

#include "base/c_handle.h"
#include "http/peer.h"
#include "http/request.h"

namespace wakeline::http {

/// One request as a libcurl easy handle, and what came back. Bounded: an answer may have 16 KB of headers and
/// 64 KB of body.
class Transfer {
public:
    /// What `peer` holds outlives the transfer. `resolved`: "host:port:addresses", or empty.
    Transfer(const Request& request, const Peer& peer, const std::string& resolved);
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    CURL* easy() const noexcept { return easy_.get(); }
    /// The last octet of the body was handed to TLS.
    bool written() const noexcept { return written_; }
    /// The response, when libcurl says that it is over.
    Response finish(CURLcode code);

private:
    static std::size_t on_header(char* data, std::size_t size, std::size_t n, void* transfer) noexcept;
    static std::size_t on_body(char* data, std::size_t size, std::size_t n, void* transfer) noexcept;
    static int on_debug(CURL*, curl_infotype what, char* data, std::size_t size, void* transfer) noexcept;

    void set_request(const Request& request, const std::string& origin);
    void set_transport(const Peer& peer);
    void set_trust(const std::string& ca);
    bool take_header(std::string_view line);

    const std::string body_;
    std::size_t body_written_ = 0, header_octets_ = 0;
    bool written_ = false;
    Response response_;
    std::array<char, CURL_ERROR_SIZE> error_{};
    CHandle<curl_slist, curl_slist_free_all> headers_, resolved_;
    CHandle<CURL, curl_easy_cleanup> easy_;
};

} // namespace wakeline::http
