using FsCheck;
using FsCheck.Fluent;

namespace Sluice.Seal.Tests;

public sealed class UlidTests
{
    private sealed class SetClock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    private static readonly DateTimeOffset Start = new(2026, 11, 21, 8, 0, 0, 123, TimeSpan.Zero);

    [Fact]
    public void The_example_of_the_specification_reads_as_its_time()
    {
        Assert.True(Ulid.TryParse("01ARYZ6S41TSV4RRFFQ69G5FAV", out var id));
        Assert.Equal(1469918176385, id.Time.ToUnixTimeMilliseconds());
        Assert.Equal("01ARYZ6S41TSV4RRFFQ69G5FAV", id.ToString());
    }

    [Fact]
    public void An_identifier_carries_the_time_of_its_making()
    {
        Assert.Equal(Start, new UlidSource(new SetClock(Start)).Next().Time);
    }

    [Fact]
    public void Identifiers_of_one_millisecond_sort_as_they_were_made()
    {
        var source = new UlidSource(new SetClock(Start));
        var made = Enumerable.Range(0, 10_000).Select(_ => source.NextText()).ToList();
        Assert.Equal(made.Order(StringComparer.Ordinal), made);
        Assert.Equal(made.Count, made.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Two_sources_at_one_moment_make_different_identifiers_that_cannot_be_guessed()
    {
        var clock = new SetClock(Start);
        var made = Enumerable.Range(0, 100).Select(_ => new UlidSource(clock).Next()).ToList();
        Assert.Equal(made.Count, made.Distinct().Count());
        Assert.All(made, id => Assert.Equal(Start, id.Time));
        // 80 random bits: of a hundred, each of the sixteen random letters has many values.
        foreach (var place in Enumerable.Range(10, 16))
            Assert.True(made.Select(id => id.ToString()[place]).Distinct().Count() > 16);
    }

    [Fact]
    public void Identifiers_compare_as_their_texts_do()
    {
        var clock = new SetClock(Start);
        var (early, late) = (new UlidSource(clock).Next(), default(Ulid));
        clock.Now = Start.AddMilliseconds(1);
        late = new UlidSource(clock).Next();
        var same = early;
        Assert.True(early < late && early <= late && late > early && late >= early);
        Assert.True(early <= same && early >= same && early == same && early != late);
        Assert.False(early < same || early > same || late < early || late <= early);
        Assert.False(early > late || early >= late || early != same);
    }

    [Fact]
    public void A_clock_set_back_makes_no_smaller_identifier()
    {
        var clock = new SetClock(Start);
        var source = new UlidSource(clock);
        var before = source.Next();
        clock.Now = Start.AddHours(-1);
        Assert.True(source.Next() > before);
    }

    [Fact]
    public void Many_threads_get_different_identifiers()
    {
        var source = new UlidSource(TimeProvider.System);
        var made = Enumerable.Range(0, 20_000).AsParallel().Select(_ => source.Next()).ToHashSet();
        Assert.Equal(20_000, made.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("01ARYZ6S41TSV4RRFFQ69G5FA")]
    [InlineData("01ARYZ6S41TSV4RRFFQ69G5FAVV")]
    [InlineData("81ARYZ6S41TSV4RRFFQ69G5FAV")]
    [InlineData("01ARYZ6S41TSV4RRFFQ69G5FAU")]
    [InlineData("01ARYZ6S41TSV4RRFFQ69G5FAI")]
    [InlineData("01ARYZ6S41TSV4RRFFQ69G5FA\u017f")]
    [InlineData("01ARYZ6S41TSV4RRFFQ69G5FA\u0131")]
    public void Other_texts_are_no_identifiers(string text)
    {
        Assert.False(Ulid.TryParse(text, out _));
        Assert.False(Ulid.IsValid(text));
    }

    [Fact]
    public void Lower_case_reads_as_the_same_identifier()
    {
        Assert.True(Ulid.TryParse("01aryz6s41tsv4rrffq69g5fav", out var lower));
        Assert.Equal("01ARYZ6S41TSV4RRFFQ69G5FAV", lower.ToString());
    }

    [Fact]
    public void Every_128_bits_survive_their_text_and_keep_their_order()
    {
        Prop.ForAll<ulong, ulong, ulong>(
                (high, low, other) =>
                {
                    var (one, two) = (
                        new Ulid(new UInt128(high, low)),
                        new Ulid(new UInt128(other, low))
                    );
                    _ = one.Time;
                    return Ulid.TryParse(one.ToString(), out var back)
                        && back == one
                        && Math.Sign(string.CompareOrdinal(one.ToString(), two.ToString()))
                            == one.CompareTo(two);
                }
            )
            .QuickCheckThrowOnFailure();
    }
}
