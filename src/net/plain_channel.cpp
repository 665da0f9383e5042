// SPDX-License-Identifier: Apache-2.0
#include "net/plain_channel.h"

#include <sys/socket.h>

#include <cerrno>

#include "net/socket.h"

namespace wakeline::net {

namespace {

bool would_block() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

} // namespace

IoResult PlainChannel::read(std::span<char> into) {
    const ssize_t got = ::recv(fd_, into.data(), into.size(), 0);
    if (got > 0) return {Io::Done, static_cast<std::size_t>(got)};
    if (got == 0) return {Io::Closed};
    return would_block() ? IoResult{Io::WantRead} : failed();
}

IoResult PlainChannel::write(std::string_view data) {
    const ssize_t sent = ::send(fd_, data.data(), data.size(), MSG_NOSIGNAL);
    if (sent >= 0) return {Io::Done, static_cast<std::size_t>(sent)};
    return would_block() ? IoResult{Io::WantWrite} : failed();
}

IoResult PlainChannel::failed() {
    why_ = errno_text(errno);
    return {Io::Failed};
}

const PeerCertificate& PlainChannel::peer() const { return no_certificate(); }

const PeerCertificate& no_certificate() {
    static const PeerCertificate none;
    return none;
}

} // namespace wakeline::net
