using System.Diagnostics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Functions;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;
using Sluice.Language.Protos.Wire;

namespace Sluice.Language.Tests.Expressions;

/// <summary>What holds for every text and every message, however hostile.</summary>
public sealed class ExpressionProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Sample Sample = new(
        """
        message Line { string text = 1; int32 count = 2; repeated Line inner = 3; }
        message Order {
          string name = 1; int32 n = 2; uint64 u = 3; double d = 4; bool yes = 5; bytes data = 6; Line line = 7;
          repeated Line lines = 8; repeated string tags = 9; map<string, int32> stock = 10; google.protobuf.Value any = 11;
          google.protobuf.Timestamp at = 12; google.protobuf.Duration took = 13; google.protobuf.Int32Value maybe = 14;
          repeated int32 numbers = 15;
        }
        """,
        """
        {"name":"héllo","n":-5,"u":"7","d":1.5,"yes":true,"data":"AP8=","line":{"text":"a","inner":[{"count":1}]},
        "lines":[{"text":"x"},{"count":3}],"tags":["a","b"],"stock":{"a":1},"any":{"k":[1,"s",null,{"z":true}]},
        "at":"2026-01-31T12:00:00Z","took":"1.5s","numbers":[1,2,3]}
        """
    );

    private static readonly string[] Words =
    [
        .. "name n u d yes data line lines tags stock any at took maybe numbers value config inputs.left x y".Split(
            ' '
        ),
        .. "1 0 -1 2u 1.5 'a' b'a' true null [] {} [1,2] {'a':1} config.REGION 9223372036854775807".Split(
            ' '
        ),
        .. "+ - * / % == != < > <= >= in && || ? : . , ( ) [ ] { } ! .? [?".Split(' '),
        .. Function.All.Values.Select(f => f.Name).Where(n => char.IsAsciiLetter(n[0])),
        .. "text count inner k all exists exists_one map filter has optMap Line".Split(' '),
    ];

    [Fact]
    public void Any_words_in_a_row_give_mistakes_or_an_expression_that_gives_a_value_or_a_fault() =>
        Prop.ForAll(
                Gen.Elements(Words).ArrayOf().ToArbitrary(),
                words =>
                {
                    Try(string.Join(' ', words));
                }
            )
            .Check(Many);

    [Fact]
    public void Any_text_at_all_gives_mistakes_or_an_expression() =>
        Prop.ForAll<NonNull<string>>(text =>
            {
                Try(text.Get);
            })
            .Check(Many);

    [Fact]
    public void Any_expression_of_the_grammar_gives_a_value_or_a_fault_checked_or_not()
    {
        var compiled = 0;
        for (var seed = 0; seed < 6000; seed++)
        {
            var text = new RandomExpression(seed).Next(5);
            compiled += Try(text) ? 1 : 0;
        }

        // Else nothing was tried.
        Assert.InRange(compiled, 500, 6000);
    }

    [Fact]
    public void Any_bytes_instead_of_the_message_give_a_value_or_a_fault()
    {
        Expression[] expressions =
        [
            .. Enumerable
                .Range(0, 3000)
                .Select(s => Sample.Compile(new RandomExpression(s).Next(4)).Value)
                .OfType<Expression>(),
            Sample.Good("toJson(value)"),
            Sample.Good("value == Order{}"),
            Sample.Good("any"),
        ];
        var good = Sample.Message;
        Prop.ForAll<(int At, byte Value)[], int>(
                (changes, which) =>
                {
                    var bytes = (byte[])good.Clone();
                    foreach (var (at, value) in changes)
                        bytes[(at & int.MaxValue) % bytes.Length] = value;
                    var input = new ExpressionInput(
                        bytes,
                        new Dictionary<string, ReadOnlyMemory<byte>> { ["left"] = bytes },
                        new Dictionary<string, string>()
                    );
                    Run(expressions[(which & int.MaxValue) % expressions.Length], in input);
                    foreach (var expression in expressions[^3..])
                        Run(expression, in input);
                }
            )
            .Check(Many);
    }

    [Fact]
    public void Json_that_is_nested_deeper_than_anything_checked_is_a_fault_and_no_crash()
    {
        byte[] value = [];
        for (var i = 0; i < 3000; i++)
        {
            using var writer = new WireWriter();
            var list = writer.Begin(6);
            var element = writer.Begin(1);
            writer.Append(value);
            writer.End(element);
            writer.End(list);
            value = writer.ToArray();
        }

        using var message = new WireWriter();
        message.Tag(11, WireType.Bytes);
        message.Bytes(value);
        var input = new ExpressionInput(
            message.ToArray(),
            new Dictionary<string, ReadOnlyMemory<byte>>(),
            new Dictionary<string, string>()
        );
        foreach (
            var text in (string[])["any == any", "toJson(any)", "value == value", "toJson(value)"]
        )
            Sample.Good(text).Evaluate(in input, out _);
    }

    [Theory]
    [InlineData(
        "R.map(a, R.map(b, R.map(c, R.map(d, R.map(e, R.map(f, a + b + c + d + e + f))))))"
    )]
    [InlineData("R.all(a, R.all(b, R.all(c, R.all(d, R.all(e, R.all(f, a >= 0))))))")]
    [InlineData("R.exists(a, R.exists(b, R.exists(c, R.exists(d, R.exists(e, 1 / 0 == 1)))))")]
    [InlineData(
        "R.filter(a, R.filter(b, R.filter(c, R.filter(d, R.filter(e, true) == R) == R) == R) == R)"
    )]
    [InlineData("['xxxxxxxxxxxxxxxx']D")]
    [InlineData("[R]E")]
    [InlineData("toJson(R.map(a, R.map(b, R.map(c, R.map(d, R.map(e, 'x'))))))")]
    [InlineData("L.replace('a', L).replace('a', L).size() > 0")]
    [InlineData("L.replace('', L).replace('', L).size() > 0")]
    [InlineData("L.split('').map(a, L).join(L).split('').size() > 0")]
    [InlineData("R.all(i, R.all(j, !L.matches('(((a?){50}){6})*(.*)*x')))")]
    [InlineData("(1 / 0 == 1 || R.all(a, R.all(b, R.all(c, R.all(d, R.all(e, a >= 0)))))) || true")]
    [InlineData("R.all(a, R.all(b, R.all(c, lines.all(l, l == line || L != L + L))))")]
    [InlineData("R.all(a, R.all(b, R.all(c, big.exists(l, l == 'nothing') == false)))")]
    public void What_would_take_for_ever_ends_in_a_fault_after_a_bounded_time(string pattern)
    {
        var sample = new Sample(
            "message Line { string text = 1; } message Order { repeated int32 numbers = 1; Line line = 2; "
                + "repeated Line lines = 3; repeated string big = 4; }",
            """{"numbers":[1],"lines":[{},{}],"big":["""
                + string.Join(',', Enumerable.Repeat("\"abc\"", 20_000))
                + "]}"
        );
        var range = "[" + string.Join(',', Enumerable.Range(0, 30)) + "]";
        var text = pattern
            .Replace("R", range)
            .Replace("L", $"'{new string('a', 500)}'")
            .Replace("]D", "]" + string.Concat(Enumerable.Repeat(".map(x, x + x + x + x)", 60)))
            .Replace("]E", "]" + string.Concat(Enumerable.Repeat(".map(x, x + x + x + x)", 60)));
        if (text.Length > Expression.LongestText)
            text = text.Replace(new string('a', 500), new string('a', 100));
        var expression = sample.Good(text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        var value = expression.Evaluate(sample.Input, out var cost);
        var seconds = watch.Elapsed.TotalSeconds;
        var bytes = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(value.IsFault, ConformanceCase.Shown(value));
        Assert.Equal(Evaluation.TooCostly.Message, value.Reason.Message);
        Assert.InRange(cost, Evaluation.Limit, 4 * Evaluation.Limit);
        Assert.InRange(seconds, 0, 5);
        Assert.InRange(bytes, 0, 300L * 1024 * 1024);
    }

    [Fact]
    public void A_cost_is_the_same_each_time()
    {
        for (var seed = 0; seed < 500; seed++)
        {
            if (Sample.Compile(new RandomExpression(seed).Next(4)).Value is not { } expression)
                continue;
            var first = expression.Evaluate(Sample.Input, out var cost);
            var second = expression.Evaluate(Sample.Input, out var again);
            Assert.Equal(cost, again);
            Assert.Equal(ConformanceCase.Shown(first), ConformanceCase.Shown(second));
        }
    }

    [Fact]
    public void What_was_checked_never_meets_a_value_of_a_wrong_type_unless_dyn_or_null_is_in_play()
    {
        for (var seed = 0; seed < 6000; seed++)
        {
            var text = new RandomExpression(seed).Next(4);
            if (
                text.Contains("any")
                || text.Contains("dyn")
                || text.Contains("null")
                || text.Contains("maybe")
                || Sample.Compile(text).Value is not { } expression
                || expression.TypeText.Contains("dyn")
            )
                continue;
            var value = expression.Evaluate(Sample.Input, out _);
            if (value.IsFault)
                Assert.False(
                    value.Reason.Message.Contains("has no meaning for")
                        && !text.Contains('[')
                        && !text.Contains('{'),
                    $"{text}: {value.Reason.Message}"
                );
        }
    }

    /// <summary>Compiles, evaluates, assigns to every field. True when there was an expression.</summary>
    private static bool Try(string text)
    {
        var reading = Sample.Compile(text);
        Assert.Equal(reading.Value is null, reading.Mistakes.Count > 0);
        foreach (var mistake in reading.Mistakes)
            Assert.InRange(mistake.Column, 1, text.Length + 1);
        if (reading.Value is not { } expression)
            return false;
        Run(expression, Sample.Input);
        foreach (var field in Sample.Type.Fields)
        {
            if (expression.Misfit(field) is not null)
                continue;
            using var writer = new WireWriter();
            if (expression.Assign(Sample.Input, field, writer) is null)
                Assert.Null(Sluice.Language.Protos.ProtoJson.Check(Sample.Type, writer.Written));
        }

        return true;
    }

    private static void Run(Expression expression, in ExpressionInput input)
    {
        expression.Test(in input, out _);
        var value = expression.Evaluate(in input, out _);
        if (value.IsFault)
            Assert.EndsWith(".", value.Reason.Message);
    }
}
