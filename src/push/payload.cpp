// SPDX-License-Identifier: Apache-2.0
#include "push/payload.h"

#include <algorithm>

#include "base/json_text.h"

namespace wakeline::push {

namespace {

constexpr std::size_t kMaxName = 1024, kMaxText = 2048;
constexpr std::size_t kMaxOther = 256; // numbers and ids; no real one is longer

std::string_view word(WakeKind kind) {
    switch (kind) {
    case WakeKind::Call: return "call";
    case WakeKind::Message: return "message";
    case WakeKind::CallEnded: return "call_ended";
    case WakeKind::Request: return "request";
    }
    return "";
}

/// What a caller chose, and may be cut.
struct Prose {
    std::string name, text;

    /// False when nothing is left to cut.
    bool shorten(std::size_t octets) {
        std::string& longest = text.empty() ? name : text;
        if (longest.empty()) return false;
        longest = clean_name(longest, longest.size() - std::min(longest.size(), octets));
        return true;
    }
};

/// The keys of doc/push-payload.md, into an object that is open.
class Keys {
public:
    enum class Values : std::uint8_t { Typed, Texts }; // FCM takes texts only

    Keys(JsonText& out, const WakeRequest& request, Values values)
        : out_(out), request_(request), values_(values) {}

    void put(const Prose& prose) {
        for (const auto& [key, value] : {std::pair{"call", &request_.call},
                                         {"sip_call_id", &request_.sip_call_id},
                                         {"uuid", &request_.uuid},
                                         {"caller_number", &request_.caller_number}})
            out_.text(key, clean_name(*value, kMaxOther));
        out_.text("caller_name", prose.name);
        flag("video", request_.video);
        number(
            "deadline",
            std::chrono::duration_cast<std::chrono::seconds>(request_.deadline.time_since_epoch()).count());
        if (request_.test) flag("test", true);
    }
    void put_kind() {
        if (request_.kind != WakeKind::Call) out_.text("kind", word(request_.kind));
    }
    void put_text(const Prose& prose) {
        if (request_.kind != WakeKind::Call) out_.text("text", prose.text);
    }

private:
    void flag(std::string_view key, bool value) {
        if (values_ == Values::Typed)
            out_.flag(key, value);
        else
            out_.text(key, value ? "true" : "false");
    }
    void number(std::string_view key, long long value) {
        if (values_ == Values::Typed)
            out_.number(key, value);
        else
            out_.text(key, std::to_string(value));
    }

    JsonText& out_;
    const WakeRequest& request_;
    const Values values_;
};

/// Written with as much prose as keeps what `write` measures within the limit.
template <class Write>
std::string fitting(const WakeRequest& request, NamePart part, std::size_t limit, Write write) {
    Prose prose;
    if (part == NamePart::Fitting) {
        prose.name = clean_name(request.caller_name, kMaxName);
        prose.text = clean_name(request.text, kMaxText);
    }
    for (;;) {
        JsonText out;
        const std::size_t octets = write(out, prose);
        if (octets <= limit || !prose.shorten(octets - limit)) return out.take();
    }
}

/// What iOS does with it: nothing for a call (PushKit gives it to the app), a line for a message, and for the
/// rest the app runs in the background.
void put_aps(JsonText& out, const WakeRequest& request, const Prose& prose) {
    out.open("aps");
    if (request.kind == WakeKind::Message) {
        const std::string sender =
            prose.name.empty() ? clean_name(request.caller_number, kMaxOther) : prose.name;
        out.open("alert");
        if (!sender.empty()) out.text("title", sender);
        out.text("body", prose.text).close();
        out.text("sound", "default");
    }
    if (request.kind != WakeKind::Call) out.number("content-available", 1);
    out.close();
}

} // namespace

std::string clean_name(std::string_view name, std::size_t size) {
    const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) == 0x80; };
    if (name.size() > size) {
        // Back to the start of the character that would be cut; no UTF-8 character is longer than four.
        for (int i = 0; i < 4 && size > 0 && is_continuation(name[size]); ++i)
            --size;
        name = name.substr(0, size);
    }
    std::string out(name);
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }, ' ');
    return out;
}

std::string apns_payload(const WakeRequest& request, NamePart name) {
    const std::size_t limit = request.kind == WakeKind::Call ? kApnsLimit : kApnsAlertLimit;
    return fitting(request, name, limit, [&request](JsonText& out, const Prose& prose) {
        out.open();
        put_aps(out, request, prose);
        Keys keys(out, request, Keys::Values::Typed);
        keys.put_kind();
        keys.put(prose);
        if (request.kind == WakeKind::CallEnded) keys.put_text(prose); // of a message it is in the alert
        out.close();
        return out.size();
    });
}

std::string fcm_message(std::string_view token, const WakeRequest& request, NamePart name) {
    return fitting(request, name, kFcmLimit, [&](JsonText& out, const Prose& prose) {
        out.open().open("message").text("token", token).open("android");
        // High priority is for what the user sees; Google takes it from apps that use it for anything else.
        out.text("priority", request.kind == WakeKind::CallEnded ? "NORMAL" : "HIGH").text("ttl", "0s");
        const std::size_t before = out.size();
        out.open("data");
        Keys keys(out, request, Keys::Values::Texts);
        keys.put_kind();
        keys.put(prose);
        keys.put_text(prose);
        out.close();
        const std::size_t data = out.size() - before;
        out.close().close().close();
        return data;
    });
}

std::string fcm_probe() {
    JsonText out;
    out.open().flag("validateOnly", true).open("message").text("token", "wakeline-probe").open("android");
    out.text("priority", "HIGH").text("ttl", "0s").close().close().close();
    return out.take();
}

std::string webhook_body(const Device& device, std::string_view id, const WakeRequest& request,
                         NamePart name) {
    return fitting(request, name, kWebhookLimit, [&](JsonText& out, const Prose& prose) {
        out.open().text("id", id).text("kind", word(request.kind));
        out.text("provider", device.provider)
            .text("param", device.param)
            .text("token", device.token.reveal());
        Keys keys(out, request, Keys::Values::Typed);
        keys.put(prose);
        keys.put_text(prose);
        out.close();
        return out.size();
    });
}

} // namespace wakeline::push
