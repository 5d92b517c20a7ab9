// SPDX-License-Identifier: GPL-3.0-or-later
// What lib/engine.h and the bridge promise to the blocks, checked without GNU Radio.
#include "engine.h"
#include "ffi/bridge.h"
#include "ffi/src/test_engine.rs.h"
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <thread>
#include <vector>

using namespace gr::kaifa;

namespace {

void check(bool holds, const char* what)
{
    if (!holds) {
        std::printf("FAILED %s\n", what);
        std::exit(1);
    }
}

// The text of the exception of type E, exactly, that call throws.
template <class E, class Call>
std::string thrown(Call&& call)
{
    try {
        call();
    } catch (const std::exception& error) {
        check(typeid(error) == typeid(E), error.what());
        return error.what();
    }
    check(false, "no exception");
    return "";
}

engine<bridge::TestEngine> amplifier(double gain)
{
    return engine<bridge::TestEngine>([=] { return bridge::new_test_engine(gain); });
}

void a_refused_parameter_is_an_invalid_argument()
{
    const auto text = thrown<std::invalid_argument>([] { amplifier(-1.5); });
    check(text == "gain is -1.5, expected more than 0", text.c_str());
}

void a_refused_setter_leaves_the_engine_working()
{
    const auto engine = amplifier(2.0);
    const auto text = thrown<std::invalid_argument>(
        [&] { engine.use([](auto& e) { e.set_gain(0.0); }); });
    check(text == "gain is 0, expected more than 0", text.c_str());
    std::vector<std::complex<float>> in{ { 1, 2 } }, out(1);
    engine.use([&](auto& e) { e.amplify({ in.data(), 1 }, { out.data(), 1 }); });
    check(out[0] == std::complex<float>(2, 4), "gain kept");
}

void samples_pass_unharmed()
{
    const auto engine = amplifier(1.0);
    const float largest = std::numeric_limits<float>::max();
    std::vector<std::complex<float>> in(100000), out(in.size());
    for (size_t i = 0; i < in.size(); i++)
        in[i] = { static_cast<float>(i), -largest / (1 + i) };
    engine.use([&](auto& e) {
        e.amplify({ in.data(), in.size() }, { out.data(), out.size() });
        e.amplify({ in.data(), 0 }, { out.data(), 0 });
    });
    check(in == out, "all samples equal");
}

void a_panic_is_an_error_and_poisons_the_engine()
{
    const auto engine = amplifier(1.0);
    const auto panics = [&] { engine.use([](auto& e) { e.panic("boom"); }); };
    const auto later = [&] { engine.use([](auto& e) { e.set_gain(3.0); }); };
    check(thrown<std::runtime_error>(panics) == "internal error: boom", "text");
    check(thrown<std::runtime_error>(later) == "internal error: boom", "poisoned");
}

void the_lock_is_free_after_an_error()
{
    const auto engine = amplifier(1.0);
    thrown<std::runtime_error>([&] { engine.use([](auto& e) { e.panic("boom"); }); });
    engine.use([](auto& e) { return e.cpu_time(); });
}

void threads_take_turns()
{
    const auto engine = amplifier(1.0);
    const auto raise = [&] {
        for (int i = 0; i < 1000; i++)
            engine.use([](auto& e) {
                std::vector<std::complex<float>> in(64, 1.0f), first(64), second(64);
                e.set_gain(2.0);
                e.amplify({ in.data(), 64 }, { first.data(), 64 });
                e.set_gain(3.0);
                e.amplify({ in.data(), 64 }, { second.data(), 64 });
                check(first[63].real() == 2 && second[63].real() == 3, "own gain");
            });
    };
    std::thread one(raise), two(raise);
    one.join();
    two.join();
}

void every_engine_says_what_is_wrong()
{
    bridge::BurstTaggerConfig tagger{ -1.0, 0, 100e3, 5, 0, 1e-3, 0.2, 0 };
    const auto text = thrown<std::invalid_argument>(
        [&] { translated([&] { return bridge::new_burst_tagger(tagger); }); });
    check(text.rfind("sample_rate is -1 Hz, expected", 0) == 0, text.c_str());
    const auto gap = thrown<std::invalid_argument>(
        [&] { translated([&] { return bridge::new_burst_stream(-1); }); });
    check(gap.rfind("gap_samples is -1, expected", 0) == 0, gap.c_str());
}

void run(void (*test)(), const char* name)
{
    test();
    std::printf("ok %s\n", name);
}

} // namespace

#define RUN(test) run(test, #test)

int main()
{
    RUN(a_refused_parameter_is_an_invalid_argument);
    RUN(a_refused_setter_leaves_the_engine_working);
    RUN(samples_pass_unharmed);
    RUN(a_panic_is_an_error_and_poisons_the_engine);
    RUN(the_lock_is_free_after_an_error);
    RUN(threads_take_turns);
    RUN(every_engine_says_what_is_wrong);
}
