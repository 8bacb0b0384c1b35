-- SPDX-License-Identifier: MIT
std = "max" -- one source for five Luas: what any of them has is allowed, and the suite runs on each
max_line_length = 120
exclude_files = { "build", "build.luarocks" }

files["tests/spec"] = { std = "max+busted" }
files["tests/faces"] = { std = "max+busted" }
files["tests/regress"] = { std = "max+busted" }
files["types"] = { ignore = { "212", "211", "241", "431", "631" } } -- stubs: bodies are empty on purpose
files["rockspecs"] = { std = "rockspec" }
