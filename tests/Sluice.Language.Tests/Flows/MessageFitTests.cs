namespace Sluice.Language.Tests.Flows;

public sealed class MessageFitTests
{
    private readonly Shelf shelf = Shelf.Usual();

    [Theory]
    [InlineData("message A { int32 n = 1; }", "message B { int64 n = 1; }", null)]
    [InlineData("message A { int64 n = 1; }", "message B { int32 n = 1; }", "`n` is `int32`")]
    [InlineData(
        "message A { repeated string n = 1; }",
        "message B { string n = 1; }",
        "`repeated string`"
    )]
    [InlineData("message A { optional string n = 1; }", "message B { string n = 3; }", null)]
    [InlineData(
        "message A { string m = 1; }",
        "message B { string m = 3; optional string n = 1; }",
        null
    )]
    [InlineData(
        "enum E { Z = 0; Y = 1; } message A { E e = 1; }",
        "enum F { Z = 0; X = 2; Y = 1; } message B { F e = 1; }",
        null
    )]
    [InlineData(
        "enum E { Z = 0; Y = 1; } message A { E e = 1; }",
        "enum F { Z = 0; Y = 2; } message B { F e = 1; }",
        "`Y = 1`"
    )]
    [InlineData(
        "message A { message N { string s = 1; A a = 2; } N n = 1; }",
        "message B { message N { string s = 9; B a = 8; } N n = 3; }",
        null
    )]
    [InlineData(
        "message A { message N { string s = 1; } N n = 1; }",
        "message B { message N { string s = 1; string t = 2; } N n = 1; }",
        "no field `t`"
    )]
    [InlineData(
        "message A { map<string, int32> m = 1; }",
        "message B { map<string, int32> m = 5; }",
        null
    )]
    [InlineData(
        "message A { map<string, int32> m = 1; }",
        "message B { map<int32, int32> m = 5; }",
        "`map<int32, int32>`"
    )]
    [InlineData(
        "message A { string x = 1; string y = 2; }",
        "message B { oneof c { string x = 1; string y = 2; } }",
        "oneof `c`"
    )]
    [InlineData(
        "message A { oneof c { string x = 1; string y = 2; } }",
        "message B { oneof c { string x = 3; string y = 4; } }",
        null
    )]
    public void Messages_fit_by_the_names_and_shapes_of_their_fields(
        string from,
        string to,
        string? fault
    )
    {
        shelf.Put("demo/from@1.0.0", from, "Make A A");
        shelf.Put("demo/to@1.0.0", to, "Take B B");

        var reading = shelf.Wire("a: demo/from Make\nb: demo/to Take\nin -> a\na -> b\nb -> out");

        if (fault is null)
            Assert.Empty(reading.Mistakes);
        else
            Assert.All(reading.Mistakes, m => Assert.Contains(fault, m.Message));
    }

    [Fact]
    public void Messages_that_lie_in_each_other_without_end_do_not_use_up_the_stack()
    {
        static string Chain(string name) =>
            string.Concat(
                Enumerable
                    .Range(0, 10_000)
                    .Select(i => $"message {name}{i} {{ {name}{i + 1} next = 1; }} ")
            ) + $"message {name}10000 {{}}";
        shelf.Put("demo/from@1.0.0", Chain("A"), "Make A0 A0");
        shelf.Put("demo/to@1.0.0", Chain("B"), "Take B0 B0");

        var reading = shelf.Wire("a: demo/from Make\nb: demo/to Take\nin -> a\na -> b\nb -> out");

        Assert.Contains("500 messages deep", Assert.Single(reading.Mistakes).Message);
    }
}
