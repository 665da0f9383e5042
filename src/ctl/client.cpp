// SPDX-License-Identifier: Apache-2.0
#include "ctl/client.h"

#include <curl/curl.h>

#include <cerrno>
#include <cstring>
#include <new>

#include "base/c_handle.h"

namespace wakeline::ctl {

namespace {

constexpr long kTimeoutSeconds = 30; // a push test waits for Apple's or Google's answer

std::size_t append(char* data, std::size_t size, std::size_t count, void* body) noexcept {
    static_cast<std::string*>(body)->append(data, size * count);
    return size * count;
}

Error no_answer(const std::string& socket, long os_error, const char* why) {
    std::string message = "no answer from " + socket + ": ";
    message += os_error != 0 ? std::strerror(static_cast<int>(os_error)) : why;
    if (os_error == EACCES || os_error == EPERM)
        message += "\nYou may not use this socket: become root, or a member of its group.";
    else if (os_error == ENOENT || os_error == ECONNREFUSED)
        message += "\nIs the daemon running? See: systemctl status wakeline. "
                   "Another socket (control.socket in wakeline.yaml) is given with --socket.";
    return {ErrorCode::Io, std::move(message)};
}

} // namespace

Result<Answer> ask(const std::string& socket, const std::string& method, const std::string& path) {
    const CHandle<CURL, curl_easy_cleanup> easy(curl_easy_init());
    if (!easy) throw std::bad_alloc();
    Answer answer;
    curl_easy_setopt(easy.get(), CURLOPT_UNIX_SOCKET_PATH, socket.c_str());
    curl_easy_setopt(easy.get(), CURLOPT_URL, ("http://wakeline" + path).c_str());
    curl_easy_setopt(easy.get(), CURLOPT_PROXY, "");
    curl_easy_setopt(easy.get(), CURLOPT_TIMEOUT, kTimeoutSeconds);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEFUNCTION, append);
    curl_easy_setopt(easy.get(), CURLOPT_WRITEDATA, &answer.body);
    if (method == "POST") curl_easy_setopt(easy.get(), CURLOPT_POSTFIELDS, "");
    if (const CURLcode code = curl_easy_perform(easy.get()); code != CURLE_OK) {
        long os_error = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_OS_ERRNO, &os_error);
        return no_answer(socket, code == CURLE_COULDNT_CONNECT ? os_error : 0, curl_easy_strerror(code));
    }
    long status = 0;
    curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
    return answer;
}

} // namespace wakeline::ctl
