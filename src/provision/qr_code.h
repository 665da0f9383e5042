// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace wakeline::provision {

/// A QR code with the quiet border of four modules that readers want.
class QrCode {
public:
    /// Error correction M: a printed code survives a fold. An error when the text is too long.
    static Result<QrCode> of(const std::string& text);

    std::size_t width() const noexcept { return width_; }
    bool dark(std::size_t x, std::size_t y) const { return modules_[y * width_ + x]; }

    /// Two modules a character cell, dark on light whatever the terminal's colours are.
    std::string terminal() const;
    std::string svg() const;
    /// Eight pixels a module, black and white.
    std::string png() const;

private:
    QrCode(std::size_t width, std::vector<bool> modules) : width_(width), modules_(std::move(modules)) {}

    std::size_t width_; // with the border
    std::vector<bool> modules_;
};

} // namespace wakeline::provision
