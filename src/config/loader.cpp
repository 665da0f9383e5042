// SPDX-License-Identifier: Apache-2.0
#include "config/loader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "config/checks.h"
#include "config/config_schema.h"

namespace wakeline::config {

namespace {

/// "hold" at the top of the file is probably push.hold.
void point_elsewhere(Problems& problems) {
    Description all;
    describe<Config>({}, 0, all);
    for (Problem& problem : problems) {
        if (problem.message != kUnknown) continue;
        const auto dot = problem.path.rfind('.');
        const std::string key = dot == std::string::npos ? problem.path : problem.path.substr(dot + 1);
        const auto same_key = [&key](const Described& setting) { return setting.key == key; };
        if (std::ranges::count_if(all, same_key) == 1)
            problem.message += " here; did you mean " + std::ranges::find_if(all, same_key)->pattern + "?";
    }
}

} // namespace

Loaded load_config(std::string_view yaml) {
    Loaded loaded;
    auto document = read_yaml(yaml);
    if (const auto* problem = std::get_if<Problem>(&document)) {
        loaded.problems.push_back(*problem);
        return loaded;
    }
    loaded.document = std::get<Node>(std::move(document));
    load(loaded.document, Place{}, loaded.config, loaded.problems);
    point_elsewhere(loaded.problems);
    check_together(loaded.config, loaded.document, loaded.problems);
    return loaded;
}

Loaded load_config_file(const std::string& path) {
    const auto text = read_file(path);
    if (!text) {
        Loaded nothing;
        nothing.problems.push_back({0, "", text.error().message});
        return nothing;
    }
    Loaded loaded = load_config(*text);
    check_files(loaded.config, loaded.document, loaded.problems);
    return loaded;
}

Result<std::string> read_file(const std::string& path, std::size_t limit) {
    const auto failed = [&](const char* why) {
        return Error{ErrorCode::Io, "cannot read " + path + ": " + why};
    };
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) return failed(std::strerror(errno));
    const struct Closer {
        int fd;
        ~Closer() { ::close(fd); }
    } closer{fd};

    struct stat about {};
    if (::fstat(fd, &about) != 0) return failed(std::strerror(errno));
    if (!S_ISREG(about.st_mode)) return failed("it is not a regular file");
    std::string text;
    char chunk[16'384];
    for (;;) {
        const ssize_t got = ::read(fd, chunk, sizeof chunk);
        if (got < 0) return failed(std::strerror(errno));
        if (got == 0) return text;
        text.append(chunk, static_cast<std::size_t>(got));
        if (text.size() > limit) return failed("it is larger than any such file should be");
    }
}

std::string print_config(const Config& config) { return write_yaml(dump(config)); }

} // namespace wakeline::config
