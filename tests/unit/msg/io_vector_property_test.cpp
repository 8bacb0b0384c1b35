// SPDX-License-Identifier: MIT
// Random operations on an IoVector and on a plain model of it must always agree.
#include "core/msg/io_vector.hpp"

#include "tests/unit/support/outcomes.hpp"

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <vector>

namespace llnet::test {
namespace {

using Model = std::vector<std::string>;

std::string joined(const Model& model)
{
    std::string all;
    for (const std::string& element : model) {
        all += element;
    }
    return all;
}

// The bytes from `offset` on, at most `count`.
std::string range(const std::string& all, std::size_t offset, std::size_t count)
{
    return offset < all.size() ? all.substr(offset, count) : std::string();
}

void consume(Model& model, std::size_t count)
{
    while (!model.empty() && model.front().size() <= count) {
        count -= model.front().size();
        model.erase(model.begin());
    }
    if (!model.empty()) {
        model.front().erase(0, count);
    }
}

std::string gathered(IoVector& vector, std::size_t offset, std::size_t count)
{
    std::array<iovec, IoVector::max_elements> parts;
    const std::size_t used = vector.parts(offset, count, parts);
    std::string bytes;
    for (std::size_t i = 0; i < used; ++i) {
        EXPECT_GT(parts[i].iov_len, 0U);
        bytes.append(static_cast<const char*>(parts[i].iov_base), parts[i].iov_len);
    }
    return bytes;
}

class Operations {
public:
    explicit Operations(unsigned seed) : random_(seed) {}

    void step()
    {
        switch (below(model_.size() < 12 ? 6 : 5)) {
        case 0:
            set();
            break;
        case 1:
            remove();
            break;
        case 2:
            consume_some();
            break;
        case 3:
            add_room();
            break;
        default:
            add();
            break;
        }
    }

    void check()
    {
        const std::string all = joined(model_);
        ASSERT_EQ(vector_.count(), model_.size());
        ASSERT_EQ(vector_.bytes(), all.size());
        for (std::size_t i = 0; i < model_.size(); ++i) {
            ASSERT_EQ(vector_.get(i), model_[i]);
        }
        const std::size_t offset = below(all.size() + 3);
        const std::size_t count = below(all.size() + 3);
        ASSERT_EQ(gathered(vector_, offset, count), range(all, offset, count));
        std::string room(count, '?');
        room.resize(vector_.copy(offset, room));
        ASSERT_EQ(room, range(all, offset, count));
    }

private:
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }

    std::string some_bytes()
    {
        std::string bytes(1 + below(9), '\0');
        std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>('a' + below(26)); });
        return bytes;
    }

    void add()
    {
        const std::string bytes = some_bytes();
        ASSERT_THAT(vector_.add(bytes), is_done_with(model_.size()));
        model_.push_back(bytes);
    }

    void add_room()
    {
        const std::size_t size = 1 + below(9);
        ASSERT_THAT(vector_.add_room(size), is_done_with(model_.size()));
        model_.emplace_back(size, '\0');
    }

    void set()
    {
        if (!model_.empty()) {
            const std::size_t index = below(model_.size());
            model_[index] = some_bytes();
            ASSERT_THAT(vector_.set(index, model_[index]), is_done());
        }
    }

    void remove()
    {
        if (!model_.empty()) {
            const std::size_t index = below(model_.size());
            vector_.remove(index);
            std::swap(model_[index], model_.back());
            model_.pop_back();
        }
    }

    void consume_some()
    {
        const std::size_t count = below(joined(model_).size() / 2 + 2);
        vector_.consume(count);
        consume(model_, count);
    }

    std::mt19937 random_;
    IoVector vector_;
    Model model_;
};

class IoVectorProperty : public ::testing::TestWithParam<unsigned> {};

TEST_P(IoVectorProperty, agrees_with_its_model_after_every_operation)
{
    Operations operations(GetParam());
    for (int i = 0; i < 2000 && !HasFatalFailure(); ++i) {
        operations.step();
        operations.check();
    }
    if (HasFailure()) {
        std::cerr << "seed " << GetParam() << '\n';
    }
}

INSTANTIATE_TEST_SUITE_P(Seed, IoVectorProperty, ::testing::Values(1U, 2U, 3U, 4U),
                         ::testing::PrintToStringParamName());

} // namespace
} // namespace llnet::test
