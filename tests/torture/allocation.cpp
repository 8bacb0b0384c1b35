// SPDX-License-Identifier: MIT
// Lets memory run out at every single allocation of the scenarios beside this file, and looks that each time the
// failure is reported and that no descriptor and no block of memory is left when the Lua state is closed.
//
// A scenario is a Lua file. It prepares while there is memory and returns the function for which memory is short and,
// if that may end with bare descriptors in the program's hands, one that closes them.
//
//   allocation [SCENARIO...]     in the root of the tree; all scenarios by default

#include "tests/support/failing_new.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <limits>
#include <lua.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace {

// Who asks for memory.
enum class Source { lua, cpp };

// Which allocations fail.
struct Shortage {
    Source source = Source::lua;
    long first = 1;  // the number of the first one that fails
    long length = 0; // how many fail from there on
    long seen = 0;
    long refused = 0;
    bool armed = false;

    bool refuses(Source asking)
    {
        if (!armed || asking != source) {
            return false;
        }
        ++seen;
        const bool fails = seen >= first && seen - first < length;
        refused += fails ? 1 : 0;
        return fails;
    }
};

Shortage shortage;

} // namespace

bool llnet::test::refuses_allocation() noexcept
{
    return shortage.refuses(Source::cpp);
}

namespace {

// The lua_Alloc. Lua counts on a block that shrinks.
void* allocate_lua(void* live_blocks, void* memory, std::size_t old_size, std::size_t new_size)
{
    auto& live = *static_cast<long*>(live_blocks);
    old_size = memory == nullptr ? 0 : old_size; // else it is a type
    if (new_size > old_size && shortage.refuses(Source::lua)) {
        return nullptr;
    }
    live += (new_size > 0 ? 1 : 0) - (memory != nullptr ? 1 : 0);
    if (new_size == 0) {
        std::free(memory);
        return nullptr;
    }
    return std::realloc(memory, new_size);
}

long open_descriptors()
{
    const std::filesystem::directory_iterator entries("/proc/self/fd");
    return std::distance(begin(entries), end(entries));
}

// What one run of a scenario came to.
struct Run {
    int status = 0;
    std::string message;
    long refused = 0;
    long lost_descriptors = 0;
    long lost_blocks = 0;
};

[[noreturn]] void give_up(const std::string& message)
{
    std::fprintf(stderr, "%s\n", message.c_str());
    std::exit(2);
}

// The text of the error on top of the stack.
std::string error_text(lua_State* L)
{
    lua_getglobal(L, "tostring");
    lua_insert(L, -2);
    lua_pcall(L, 1, 1, 0);
    const char* text = lua_tostring(L, -1);
    return text != nullptr ? text : "no text";
}

// Leaves the two functions of the scenario on the stack, the second perhaps nil.
void prepare(lua_State* L, const std::string& path)
{
    luaL_openlibs(L);
#ifdef LUAJIT_VERSION
    // Its compiler crashes without memory, also where nothing but plain Lua runs.
    luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
#endif
    if (luaL_loadfile(L, path.c_str()) != 0 || lua_pcall(L, 0, 2, 0) != 0) {
        give_up(path + ": " + error_text(L));
    }
    // Lua 5.2 gives up a finalizer that it has no memory to call: none of this part shall be left.
    lua_gc(L, LUA_GCCOLLECT, 0);
    lua_gc(L, LUA_GCCOLLECT, 0);
}

void run_under(lua_State* L, const Shortage& planned, Run& run)
{
    lua_pushvalue(L, 1);
    shortage = planned;
    shortage.armed = true;
    run.status = lua_pcall(L, 0, 0, 0);
    shortage.armed = false;
    run.refused = shortage.refused;
    if (run.status != 0) {
        run.message = error_text(L);
    }
}

void close_bare_descriptors(lua_State* L, const std::string& path)
{
    lua_settop(L, 2);
    if (!lua_isnil(L, 2) && lua_pcall(L, 0, 0, 0) != 0) {
        give_up(path + ", release: " + error_text(L));
    }
}

Run run_scenario(const std::string& path, const Shortage& planned)
{
    Run run;
    const long before = open_descriptors();
    lua_State* L = lua_newstate(allocate_lua, &run.lost_blocks);
    if (L == nullptr) {
        give_up("lua_newstate failed");
    }
    prepare(L, path);
    run_under(L, planned, run);
    close_bare_descriptors(L, path);
    lua_close(L);
    run.lost_descriptors = open_descriptors() - before;
    return run;
}

// A failure must say that memory was short, as an error of Lua's or of ours.
bool is_reported(const Run& run)
{
    const auto says = [&](std::string_view text) { return run.message.find(text) != std::string::npos; };
    return run.status == 0 || (run.refused > 0 && (says("not enough memory") || says("ENOMEM") || says("EAI_MEMORY")));
}

// How long memory stays short. Lua 5.2 and later collect garbage and ask a second time.
struct Mode {
    const char* name;
    long length;
};

constexpr Mode modes[] = {
    {"once", 1},
    {"twice", 2},
    {"from then on", std::numeric_limits<long>::max()},
};

class Torture {
public:
    // Runs the scenario with every allocation failing in turn, until there are no more.
    void sweep(const std::string& path, Source source, const Mode& mode)
    {
        long number = 0;
        Run run;
        do {
            ++number;
            run = run_scenario(path, {source, number, mode.length});
            judge(path, source, mode, number, run);
        } while (run.refused > 0);
        runs_ += number;
        failed_allocations_[source == Source::lua ? 0 : 1] += number - 1;
    }

    // Whether all is well; says what was done.
    bool finish()
    {
        std::printf("%ld runs, %ld allocations of Lua failed, %ld of C++; %ld faults\n", runs_, failed_allocations_[0],
                    failed_allocations_[1], faults_);
        return faults_ == 0;
    }

    // A sweep that no allocation reaches would prove nothing.
    [[nodiscard]] bool has_reached_cpp() const { return failed_allocations_[1] > 0; }

private:
    void judge(const std::string& path, Source source, const Mode& mode, long number, const Run& run)
    {
        if (is_reported(run) && run.lost_descriptors == 0 && run.lost_blocks == 0) {
            return;
        }
        if (++faults_ > max_reports) {
            return;
        }
        std::printf("%s: allocation %ld of %s, %s: status %d, %s; %ld descriptors and %ld blocks lost\n", path.c_str(),
                    number, source == Source::lua ? "Lua" : "C++", mode.name, run.status,
                    run.message.empty() ? "no error" : run.message.c_str(), run.lost_descriptors, run.lost_blocks);
    }

    static constexpr long max_reports = 20;

    long runs_ = 0;
    long failed_allocations_[2] = {};
    long faults_ = 0;
};

std::vector<std::string> all_scenarios()
{
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator("tests/torture")) {
        if (entry.path().extension() == ".lua") {
            paths.push_back(entry.path().string());
        }
    }
    std::sort(paths.begin(), paths.end());
    return paths;
}

} // namespace

int main(int argc, char** argv)
{
    std::vector<std::string> paths(argv + 1, argv + argc);
    const bool is_whole = paths.empty();
    if (is_whole) {
        paths = all_scenarios();
    }
    Torture torture;
    for (const std::string& path : paths) {
        for (const Mode& mode : modes) {
            torture.sweep(path, Source::lua, mode);
            torture.sweep(path, Source::cpp, mode);
        }
    }
    if (is_whole && !torture.has_reached_cpp()) {
        give_up("the module does not allocate through the operator new of this program");
    }
    return torture.finish() ? 0 : 1;
}
