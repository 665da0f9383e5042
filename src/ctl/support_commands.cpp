// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <thread>

#include "base/text.h"
#include "ctl/client.h"
#include "ctl/commands.h"
#include "ctl/json_reader.h"
#include "ctl/pcap.h"
#include "ctl/table.h"
#include "pki/files.h"

namespace wakeline::ctl {

namespace {

namespace fs = std::filesystem;
using Words = Command::Words;

constexpr std::chrono::milliseconds kLook{200};
constexpr std::size_t kMostLog = 4U << 20U;

Result<std::string> ask_daemon(const CommandLine& line, const char* method, const std::string& path) {
    auto answer = ask(line.value("socket").value_or(kDefaultSocket), method, path);
    if (!answer) return answer.error();
    if (answer->status != 200) return Error{ErrorCode::Refused, error_text(answer->body)};
    return std::move(answer->body);
}

/// "2026-01-31T12:34:56.789Z" in microseconds since 1970.
std::int64_t microseconds(const std::string& rfc3339) {
    std::tm utc{};
    const char* rest = ::strptime(rfc3339.c_str(), "%Y-%m-%dT%H:%M:%S", &utc);
    if (rest == nullptr) return 0;
    const double fraction = std::strtod(rest, nullptr);
    return static_cast<std::int64_t>(::timegm(&utc)) * 1'000'000 + static_cast<std::int64_t>(fraction * 1e6);
}

/// Control characters but line ends as '?': a peer must not drive the terminal.
std::string readable(const std::string& text) {
    std::string out;
    for (const std::string_view line : split(text, '\n'))
        out += harmless(std::string(trim(line))) + '\n';
    return out;
}

std::string as_text(const Json& message) {
    const bool received = text(message, "received") == "true";
    return "== " + text(message, "at") + (received ? " from " : " to ") + text(message, "side") + ' ' +
           text(message, "remote") + ' ' + text(message, "transport") + '\n' +
           readable(text(message, "text"));
}

void add(Pcap& pcap, const Json& message) {
    const bool received = text(message, "received") == "true";
    const std::string local = text(message, "local"), remote = text(message, "remote");
    pcap.add(microseconds(text(message, "at")), received ? remote : local, received ? local : remote,
             text(message, "text"));
}

Result<Shown> trace(const Words& words, const CommandLine& line) {
    std::string start = "/v1/trace?of=" + percent_encode(words.front());
    if (line.has("for")) start += "&for=" + percent_encode(*line.value("for"));
    if (const auto started = ask_daemon(line, "POST", start); !started) return started.error();
    Pcap pcap;
    std::size_t count = 0;
    for (std::string last = "0";;) {
        const auto answer = ask_daemon(line, "GET", "/v1/trace-messages?after=" + last);
        if (!answer) return answer.error();
        const Json root = Json::parse(*answer, nullptr, false);
        if (!root.is_object()) return Error{ErrorCode::Io, "the daemon's answer is not understood"};
        for (const Json& message : inside(root, "messages")) {
            last = text(message, "number");
            ++count;
            add(pcap, message);
            if (!line.has("pcap")) std::cout << (line.has("json") ? message.dump() + '\n' : as_text(message));
        }
        std::cout.flush();
        if (text(root, "running") != "true") break;
        std::this_thread::sleep_for(kLook);
    }
    if (!line.has("pcap")) return Shown{""};
    if (const Status done = pki::replace(*line.value("pcap"), pcap.str(), pki::kForOwner); !done)
        return done.error();
    return Shown{std::to_string(count) + " messages written: " + *line.value("pcap") + '\n'};
}

/// What a program prints; empty when it cannot be run.
std::string output_of(const char* command) {
    std::string out;
    FILE* pipe = ::popen(command, "re");
    if (pipe == nullptr) return out;
    char part[4'096];
    for (std::size_t got = 0; (got = ::fread(part, 1, sizeof part, pipe)) > 0 && out.size() < kMostLog;)
        out.append(part, got);
    ::pclose(pipe);
    return out;
}

/// The end of the log: of its file if it has one, else of the journal.
std::string log_text(const std::string& config) {
    std::string file;
    bool to_file = false;
    for (const std::string_view raw : split(config, '\n')) {
        const std::string_view setting = trim(raw);
        to_file = to_file || setting == "target: file";
        if (setting.starts_with("file: /")) file = setting.substr(6);
    }
    if (!to_file) return output_of("journalctl --unit wakeline --lines 20000 --no-pager 2>/dev/null");
    const auto text = pki::read_text(file);
    return text ? text->substr(text->size() - std::min(text->size(), kMostLog)) : text.error().message + '\n';
}

struct Part {
    const char* file;
    const char* path;
};
constexpr std::array kParts{
    Part{"status.json", "/v1/status"},
    Part{"registrations.json", "/v1/registrations"},
    Part{"calls.json", "/v1/calls"},
    Part{"ended-calls.json", "/v1/calls?ended=1&limit=200"},
    Part{"trunks.json", "/v1/trunks"},
    Part{"capacity.json", "/v1/capacity"},
    Part{"number-check.json", "/v1/number-check"},
    Part{"metrics.txt", "/metrics"},
};

std::string machine() {
    utsname about{};
    ::uname(&about);
    const auto system = pki::read_text("/etc/os-release");
    return "wakelinectl " WAKELINE_VERSION "\n" + std::string(about.sysname) + ' ' + about.release + ' ' +
           about.machine + '\n' + (system ? *system : "");
}

Status collect(const std::string& folder, const CommandLine& line) {
    const auto write = [&folder](const char* file, const std::string& text) {
        return pki::write_new(folder + '/' + file, text, pki::kForOwner);
    };
    const auto config = ask_daemon(line, "GET", "/v1/config");
    if (!config) return config.error();
    for (const auto& [file, text] :
         {std::pair{"config.yaml", *config}, {"log.txt", log_text(*config)}, {"machine.txt", machine()}})
        if (const Status done = write(file, text); !done) return done;
    for (const Part& part : kParts) {
        const auto answer = ask_daemon(line, "GET", part.path);
        if (const Status done = write(part.file, answer ? *answer : answer.error().message + '\n'); !done)
            return done;
    }
    return Done{};
}

Status pack(const std::string& folder, const std::string& name, const std::string& file) {
    const pid_t child = ::fork();
    if (child < 0) return Error{ErrorCode::Exhausted, "no process can be started for tar"};
    if (child == 0) {
        ::execlp("tar", "tar", "-czf", file.c_str(), "-C", folder.c_str(), name.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    if (status != 0) return Error{ErrorCode::Io, "tar cannot write " + file};
    return Done{};
}

Result<Shown> bundle(const Words& words, const CommandLine& line) {
    const std::time_t now = std::time(nullptr);
    char stamp[32];
    std::tm local{};
    std::strftime(stamp, sizeof stamp, "%Y%m%d-%H%M%S", ::localtime_r(&now, &local));
    const std::string name = "wakeline-" + std::string(stamp);
    const std::string file = words.empty() ? name + ".tar.gz" : words.front();
    std::string above = (fs::temp_directory_path() / "wakeline-bundle-XXXXXX").string();
    if (::mkdtemp(above.data()) == nullptr)
        return Error{ErrorCode::Io, "cannot make a folder in " + fs::temp_directory_path().string()};
    ::umask(0077);
    fs::create_directory(above + '/' + name);
    Status done = collect(above + '/' + name, line);
    if (done) done = pack(above, name, file);
    std::error_code ignored;
    fs::remove_all(above, ignored);
    if (!done) return done.error();
    return Shown{
        "written: " + file +
        "\nIt has the configuration, status, calls, registrations and log, and no password, key or push "
        "token; who calls whom stands in it.\n"};
}

} // namespace

std::span<const Command> support_commands() {
    static const std::array kCommands{
        Command{"trace",
                "NUMBER",
                "Shows the SIP messages of that number, or of a call, for a minute or --for another time, on "
                "both "
                "sides, with secrets masked.",
                nullptr,
                nullptr,
                "for pcap",
                {},
                trace},
        Command{"bundle",
                "[FILE]",
                "Writes an archive for support: configuration, status, calls, log; no secret.",
                nullptr,
                nullptr,
                {},
                {},
                bundle},
    };
    return kCommands;
}

} // namespace wakeline::ctl
