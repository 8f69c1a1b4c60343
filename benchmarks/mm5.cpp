// M/M/5 in C++: the case of mm5.yaml and nothing else, by the algorithm of the compiled engine.
//
// It takes its luck from the same addresses (Philox-4x32-10, the logarithm of exportsim/elementary.py), ahead and in
// batches of which a processor works on several numbers at a time; arrivals stand beside the heap of events and not in
// it; events come in the same order and the same rows are written, so its ledger is the engine's, bit for bit: the
// checksums say so. What other scenarios need is not there: no tables, no measures, no second stage, and a queue that
// nobody leaves. So luck need not be kept until it is needed: reviews begin in the order in which applications arrive.
//
//     g++ -std=c++17 -O3 -ffp-contract=off mm5.cpp -o mm5
//     ./mm5 SEED FUTURE END RUNS
//
// plays the minutes up to END once to warm up and RUNS times more, in the same memory, and prints the median seconds of processor time of a
// run, the number of rows and their checksum.

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

namespace {

using std::int64_t;
using std::uint32_t;
using std::uint64_t;

constexpr int64_t officers = 5;
constexpr double mean_work = 400.0;             // minutes
constexpr double two_to_32 = 4294967296.0;      // hazard is counted in 2^-32 arrivals
constexpr double rate = two_to_32 / 100.0;      // of them a minute: an application every 100 minutes
constexpr double approval = 1.0;                // the chance of it
constexpr int64_t never = int64_t{1} << 40;

// Addresses: the first four bytes of the SHA-256 of a name.
constexpr uint32_t traffic = 3019963818u;       // the authority's other applications
constexpr uint32_t for_arrival = 731985850u;    // arrival
constexpr uint32_t for_work = 750466061u;       // work/review
constexpr uint32_t for_approval = 2649449912u;  // approval

enum Fact : int64_t { applied = 3, review_started = 4, review_ended = 5, approved = 8, denied = 9 };
enum Moment : int64_t { review_end = 3, arrival = 7 };

// A fact as exportsim/packed_rows.py lays it out: minute and order, amount, who and what, detail and cell.
struct Row {
    int64_t when, amount, who, what;
};

Row packed(int64_t minute, int64_t fact, int64_t line, int64_t order, int64_t attempt, int64_t supplier, int64_t detail,
           int64_t amount, int64_t cell) {
    return {minute << 32 | order, amount, (line + 1) << 42 | (supplier + 1) << 22 | attempt << 6 | fact,
            (detail + 1) << 32 | (cell + 1)};
}

// ------------------------------------------------------------------ chance

// Two words of Philox-4x32-10 (Salmon et al. 2011) as a number in (0, 1).
double uniform(uint32_t seed, uint32_t future, uint32_t entity, uint32_t purpose, uint32_t index) {
    uint32_t x0 = traffic, x1 = entity, x2 = purpose, x3 = index;
    uint32_t y0 = seed, y1 = future;
    for (int round = 0; round < 10; ++round) {
        const uint64_t p0 = uint64_t{0xD2511F53} * x0, p1 = uint64_t{0xCD9E8D57} * x2;
        x0 = static_cast<uint32_t>(p1 >> 32) ^ x1 ^ y0;
        x1 = static_cast<uint32_t>(p1);
        x2 = static_cast<uint32_t>(p0 >> 32) ^ x3 ^ y1;
        x3 = static_cast<uint32_t>(p0);
        y0 += 0x9E3779B9;
        y1 += 0xBB67AE85;
    }
    const uint64_t bits = (uint64_t{x0} << 32 | x1) >> 12;
    return (static_cast<double>(bits) + 0.5) * 0x1p-52;
}

// The natural logarithm as exportsim/elementary.py spells it out; nothing is decided, so that several are made at a time.
double logarithm(double x) {
    int64_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    int64_t exponent = (bits >> 52) - 1022;
    bits = (bits & ((int64_t{1} << 52) - 1)) | int64_t{1022} << 52;
    double fraction;
    std::memcpy(&fraction, &bits, sizeof fraction);
    const bool is_low = fraction < 0.7071067811865476;
    fraction = is_low ? fraction * 2.0 : fraction;
    exponent -= is_low;
    const double f = fraction - 1.0;
    const double s = f / (2.0 + f);
    const double z = s * s, z2 = z * z, z4 = z2 * z2;
    const double low = (1.0 / 3 + 1.0 / 5 * z) + z2 * (1.0 / 7 + 1.0 / 9 * z);
    const double high = (1.0 / 11 + 1.0 / 13 * z) + z2 * (1.0 / 15 + 1.0 / 17 * z);
    const double last = (1.0 / 19 + 1.0 / 21 * z) + 1.0 / 23 * z2;
    const double series = z * ((low + z4 * high) + (z4 * z4) * last);
    return exponent * 0.693147180369123816490 + (exponent * 1.90821492927058770002e-10 + (2.0 * s * series + 2.0 * s));
}

// A number that is not negative as a whole one, half up.
int64_t whole(double value) { return value >= never ? never : static_cast<int64_t>(value + 0.5); }

// Exponential numbers of mean 1 of one purpose, of the applications 1, 2, ..., a batch ahead.
class Draws {
public:
    Draws(uint32_t seed, uint32_t future, uint32_t purpose, uint32_t index)
        : seed(seed), future(future), purpose(purpose), index(index) {}

    double next() {
        if (at == batch) look_ahead();
        return numbers[at++];
    }

private:
    static constexpr int batch = 256;
    const uint32_t seed, future, purpose, index;
    uint32_t first = 1;
    int at = batch;
    double numbers[batch];

    void look_ahead() {
        for (int i = 0; i < batch; ++i) numbers[i] = uniform(seed, future, first + i, purpose, index);
        for (int i = 0; i < batch; ++i) numbers[i] = -logarithm(1.0 - numbers[i]);
        first += batch;
        at = 0;
    }
};

// ------------------------------------------------------------------ the office

class Office {
public:
    Office(uint32_t seed, uint32_t future, int64_t end, std::vector<Row>& rows)
        : seed(seed), future(future), end(end), gaps(seed, future, for_arrival, 0), works(seed, future, for_work, 1),
          rows(rows) {
        rows.clear();
        const auto expected = static_cast<std::size_t>(end * rate / two_to_32);
        rows.reserve(4 * expected + expected / 16 + 1024);
    }

    void play() {
        expect();
        while (true) {
            if (arriving < end && (events.empty() || key(arriving, arrival, 0) < events.top())) {
                now = arriving;
                arrive(arrivals);
            } else if (!events.empty()) {
                now = events.top() >> 35;
                const int64_t number = events.top() & 0xFFFFFFFF;
                events.pop();
                finish(number);
            } else {
                return;
            }
        }
    }

private:
    const uint32_t seed, future;
    const int64_t end;
    Draws gaps, works;
    int64_t now = 0, hazard = 0, arrivals = 0, arriving = 0, taken = 0;
    std::queue<int64_t> waiting;
    std::priority_queue<int64_t, std::vector<int64_t>, std::greater<>> events;
    std::vector<Row>& rows;  // of the caller, who has it filled run after run

    // As in the engine, one number holds the minute, the class of the event and who it belongs to.
    static int64_t key(int64_t minute, Moment moment, int64_t number) { return minute << 35 | moment << 32 | number; }

    void write(Fact fact, int64_t number, int64_t detail) {
        rows.push_back(packed(now, fact, -1, number, 1, -1, detail, 0, -1));
    }

    // When the next application arrives.
    void expect() {
        ++arrivals;
        hazard += std::max(static_cast<int64_t>(gaps.next() * two_to_32 + 0.5), int64_t{1});
        arriving = whole(hazard / rate);
    }

    void arrive(int64_t number) {
        expect();
        write(applied, number, 0);
        if (taken < officers) {
            ++taken;
            start(number);
        } else {
            waiting.push(number);
        }
    }

    void start(int64_t number) {
        write(review_started, number, 0);
        const int64_t minute = now + whole(mean_work * works.next());
        if (minute < end) events.push(key(minute, review_end, number));
    }

    void finish(int64_t number) {
        write(review_ended, number, 0);
        const bool certain = approval >= 1.0;  // and needs no luck
        const bool is_approved =
            certain || uniform(seed, future, static_cast<uint32_t>(number), for_approval, 1) < approval;
        write(is_approved ? approved : denied, number, 0);
        if (waiting.empty()) {
            --taken;
        } else {
            const int64_t next = waiting.front();
            waiting.pop();
            start(next);
        }
    }
};

// ------------------------------------------------------------------ what it is compared by

// The sum of the ledger's numbers, each mixed with its place (SplitMix64's finalizer); see mm5.py. The cell is the
// engine's own.
uint64_t checksum(const std::vector<Row>& rows) {
    uint64_t sum = 0, place = 0;
    for (const Row& row : rows) {
        const int64_t stated[] = {row.when >> 32,
                                  row.who & 0x3F,
                                  (row.who >> 42) - 1,
                                  row.when & 0xFFFFFFFF,
                                  row.who >> 6 & 0xFFFF,
                                  (row.who >> 22 & 0xFFFFF) - 1,
                                  (row.what >> 32) - 1,
                                  row.amount};
        for (const int64_t value : stated) {
            uint64_t z = static_cast<uint64_t>(value) + ++place * 0x9E3779B97F4A7C15;
            z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
            z = (z ^ z >> 27) * 0x94D049BB133111EB;
            sum += z ^ z >> 31;
        }
    }
    return sum;
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 5) {
        std::fprintf(stderr, "usage: mm5 SEED FUTURE END RUNS\n");
        return 2;
    }
    const auto seed = static_cast<uint32_t>(std::strtoul(arguments[1], nullptr, 10));
    const auto future = static_cast<uint32_t>(std::strtoul(arguments[2], nullptr, 10));
    const int64_t end = std::strtoll(arguments[3], nullptr, 10);
    const int runs = std::max(std::atoi(arguments[4]), 1);

    std::vector<Row> rows;
    Office(seed, future, end, rows).play();
    std::vector<double> seconds;
    for (int run = 0; run < runs; ++run) {
        const std::clock_t start = std::clock();
        Office(seed, future, end, rows).play();
        seconds.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    }
    std::nth_element(seconds.begin(), seconds.begin() + runs / 2, seconds.end());
    std::printf("%.6f %zu %llu\n", seconds[runs / 2], rows.size(), static_cast<unsigned long long>(checksum(rows)));
}
