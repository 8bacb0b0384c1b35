// SPDX-License-Identifier: MIT
#include "core/loop/lookup.hpp"

#include "core/base/fd.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <list>
#include <mutex>
#include <new>
#include <pthread.h>
#include <system_error>
#include <thread>

namespace llnet {

namespace {

std::optional<std::string> copy_of(const char* text)
{
    return text != nullptr ? std::optional<std::string>(text) : std::nullopt;
}

} // namespace

LookupQuery copy_of(const Query& query)
{
    return {copy_of(query.host), copy_of(query.service), query.family, query.type, query.protocol, query.flags};
}

using JobPtr = std::shared_ptr<LookupJob>;

// One look-up on its way from the loop to a thread and back. Who has it may use it: nobody else does at the time.
struct LookupJob {
    LookupQuery query;
    LookupOperation* operation = nullptr; // the loop's side only; null when nobody wants the answer
    Outcome<> outcome;
    std::vector<Resolved> answers;
    std::weak_ptr<Lookups::Shared> shared;
    std::list<JobPtr>::iterator place; // in the list of those that no thread has begun
    bool is_asked = false;             // it is in there; for whoever has the mutex

    void abandon() noexcept;
};

// What the loop's side and the threads share; it lives as long as any of them.
struct Lookups::Shared {
    explicit Shared(const sys::System& the_system) noexcept : system(the_system) {}

    const sys::System& system;
    Fd notifier; // a thread writes a byte here when there is an answer
    std::mutex mutex;
    std::list<JobPtr> asked;
    std::list<JobPtr> answered; // gets its nodes from `asked`, so that a thread allocates none
    int threads = 0;
    bool stopped = false;

    // These are for whoever has the mutex.
    void ask(const JobPtr& job)
    {
        job->place = asked.insert(asked.end(), job);
        job->is_asked = true;
    }
    void take_back(LookupJob& job) noexcept
    {
        if (std::exchange(job.is_asked, false)) {
            asked.erase(job.place);
        }
    }
};

// Nobody waits for the answer any more. One that no thread has begun is not looked up, unless a thread is about to: it
// may have the mutex for ever, in a child of the process in which it runs.
void LookupJob::abandon() noexcept
{
    operation = nullptr;
    if (const auto all = shared.lock()) {
        const std::unique_lock lock(all->mutex, std::try_to_lock);
        if (lock) {
            all->take_back(*this);
        }
    }
}

// Waits for the threads' bytes for as long as the loop runs. It never finishes.
class Lookups::Notified final : public Operation {
public:
    Notified(Lookups& lookups, Fd receiver) noexcept
        : Operation(Direction::read), lookups_(lookups), receiver_(std::move(receiver))
    {}

    [[nodiscard]] int number() const noexcept { return receiver_.get(); }

protected:
    Progress perform(const sys::System& system, int fd) noexcept override
    {
        std::array<char, 64> bytes;
        while (system.receive(fd, bytes.data(), bytes.size(), MSG_DONTWAIT).value > 0) {
        }
        lookups_.deliver();
        return Progress::blocked;
    }

private:
    Lookups& lookups_;
    Fd receiver_;
};

namespace {

Query query_of(const LookupQuery& query) noexcept
{
    return {query.host ? query.host->c_str() : nullptr,
            query.service ? query.service->c_str() : nullptr,
            query.family,
            query.type,
            query.protocol,
            query.flags};
}

void answer(const sys::System& system, LookupJob& job) noexcept
{
    try {
        job.outcome = resolve(system, query_of(job.query), job.answers);
    } catch (const std::bad_alloc&) {
        job.outcome = failed(ENOMEM, "malloc");
    }
}

// A thread of ours takes no signals: they are the program's.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept
    {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;

private:
    sigset_t before_{};
};

} // namespace

LookupOperation::~LookupOperation()
{
    if (job_ != nullptr) {
        job_->abandon();
    }
}

Lookups::Lookups(const sys::System& system, Loop& loop) noexcept : system_(system), loop_(loop) {}

Lookups::~Lookups()
{
    if (shared_ == nullptr) {
        return;
    }
    loop_.release(key_);
    if (loop_.is_inherited()) { // the threads are not in this process, but one may have had the mutex
        shared_->notifier = {};
        return;
    }
    const std::lock_guard lock(shared_->mutex);
    shared_->stopped = true;
    while (!shared_->asked.empty()) {
        shared_->take_back(*shared_->asked.front());
    }
    shared_->notifier = {};
}

Outcome<> Lookups::start(LookupOperation& operation, LookupQuery query, const std::optional<Deadline>& deadline)
{
    if (const Outcome<> opened = open(); !opened.done()) {
        return opened;
    }
    auto job = std::make_shared<LookupJob>();
    job->query = std::move(query);
    job->shared = shared_;
    {
        const std::lock_guard lock(shared_->mutex);
        shared_->ask(job);
    }
    if (const Outcome<> running = ensure_thread(); !running.done()) {
        const std::lock_guard lock(shared_->mutex);
        shared_->take_back(*job);
        return running;
    }
    if (operation.job_ != nullptr) {
        operation.job_->abandon(); // an earlier one, which came to nothing in time
    }
    job->operation = &operation;
    operation.job_ = std::move(job);
    loop_.start_alone(operation, deadline);
    return done();
}

Outcome<> Lookups::open()
{
    if (shared_ != nullptr) {
        return done();
    }
    auto shared = std::make_shared<Shared>(system_);
    int fds[2] = {-1, -1};
    const sys::Result<> made = system_.socket_pair(AF_UNIX, SOCK_STREAM, 0, true, fds);
    if (!made.ok()) {
        return failed(made.error, "socketpair");
    }
    shared->notifier = Fd(fds[1]);
    auto notified = std::make_unique<Notified>(*this, Fd(fds[0]));
    const Outcome<Loop::Key> watched = loop_.watch(notified->number());
    if (!watched.done()) {
        return failed(watched.error);
    }
    key_ = watched.value;
    notified_ = std::move(notified);
    shared_ = std::move(shared);
    loop_.attend(*notified_, key_);
    return done();
}

// One more thread, unless there are enough.
Outcome<> Lookups::ensure_thread()
{
    const std::lock_guard lock(shared_->mutex);
    if (shared_->threads >= most_threads) {
        return done();
    }
    try {
        const SignalsBlocked blocked;
        std::thread([shared = shared_] { work(shared); }).detach();
    } catch (const std::system_error& error) {
        return shared_->threads > 0 ? done() : failed(error.code().value(), "pthread_create");
    } catch (const std::bad_alloc&) {
        return shared_->threads > 0 ? done() : failed(ENOMEM, "pthread_create");
    }
    ++shared_->threads;
    return done();
}

bool Lookups::has_room() const noexcept
{
    if (shared_ == nullptr) {
        return true;
    }
    const std::lock_guard lock(shared_->mutex);
    return shared_->threads < most_threads / 2;
}

// What a thread does: one look-up after the other, until there are none.
void Lookups::work(const std::shared_ptr<Shared>& shared) noexcept
{
    std::unique_lock lock(shared->mutex);
    while (!shared->stopped && !shared->asked.empty()) {
        std::list<JobPtr> job;
        job.splice(job.end(), shared->asked, shared->asked.begin());
        job.front()->is_asked = false;
        lock.unlock();
        answer(shared->system, *job.front());
        lock.lock();
        if (!shared->stopped) {
            shared->answered.splice(shared->answered.end(), job);
            // When the socket is full, the loop has not looked since: it will.
            static_cast<void>(shared->system.send(shared->notifier.get(), "x", 1, MSG_DONTWAIT));
        }
    }
    --shared->threads;
}

// Finishes the operations for which there are answers.
void Lookups::deliver() noexcept
{
    std::list<JobPtr> answered;
    {
        const std::lock_guard lock(shared_->mutex);
        answered.swap(shared_->answered);
    }
    for (const JobPtr& job : answered) {
        LookupOperation* operation = std::exchange(job->operation, nullptr);
        const Outcome<std::size_t> outcome{job->outcome.status, job->answers.size(), job->outcome.error};
        if (operation != nullptr && loop_.complete(*operation, outcome)) {
            operation->answers = std::move(job->answers);
        }
    }
}

} // namespace llnet
