using Sluice.Language.Expressions;
using Sluice.Language.Expressions.Values;
using Sluice.Language.Protos;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Expressions;

/// <summary>Names, mistakes and their places, and how messages are read.</summary>
public sealed class ExpressionTests
{
    private static readonly Sample Sample = new(
        """
        message Line { string text = 1; int32 count = 2; Line next = 3; }
        message Order {
          string customer_name = 1; int32 quantity = 2; Line first = 3; repeated int32 numbers = 4;
          repeated Line lines = 5; map<string, int32> stock = 6; string config = 7; int32 int = 8; int32 package = 9;
          oneof payment { string card = 10; Line account = 11; int32 cash = 12; }
          repeated fixed64 wide = 13; optional string note = 14; google.protobuf.StringValue word = 15;
          google.protobuf.Value any = 16;
        }
        """,
        """{"customerName":"Ada","quantity":3,"config":"mine","int":4,"package":5}"""
    );

    [Theory]
    [InlineData("value.config", "\"mine\"")]
    [InlineData("config['REGION']", "\"eu\"")]
    [InlineData("'REGION' in config", "true")]
    [InlineData("config.map(c, c)", "[\"REGION\"]")]
    [InlineData("int + 1", "5")]
    [InlineData("int('5') + int", "9")]
    [InlineData("value.package", "5")]
    [InlineData("value.`package`", "5")]
    [InlineData("inputs['left'].quantity", "3")]
    [InlineData("inputs[?'right'].hasValue()", "false")]
    [InlineData("inputs.?right.quantity.orValue(7)", "7")]
    [InlineData("[1, 2].map(quantity, quantity * 2)", "[2,4]")]
    [InlineData("[1, 2].map(quantity, .quantity)", "[3,3]")]
    [InlineData("[1, 2].exists(config, config == 2)", "true")]
    [InlineData("has(inputs.left.first)", "false")]
    [InlineData("type(first) == Line && type(value) == demo.greeter.Order", "true")]
    public void Names_mean_what_the_page_says(string text, string shown) =>
        Assert.Equal(shown, ConformanceCase.Shown(Sample.Evaluate(text)));

    [Theory]
    [InlineData("customer_nam", 1, 1, "cel_unknown_name", "did you mean `customer_name`?")]
    [InlineData("quantity +\n  first.txt", 2, 9, "cel_unknown_field", "did you mean `text`?")]
    [InlineData("value.customerName", 1, 7, "cel_unknown_field", "did you mean `customer_name`?")]
    [InlineData("inputs.lefd.quantity", 1, 8, "cel_unknown_name", "did you mean `left`?")]
    [InlineData("inputs", 1, 1, "cel_unknown_name", "`inputs.ALIAS`")]
    [InlineData("customer_name.containz('a')", 1, 15, "cel_unknown_function", "`contains`?")]
    [InlineData("quantity == 'a'", 1, 10, "cel_type", "found int and string")]
    [InlineData("1 + 'a'", 1, 3, "cel_type", "found (int, string)")]
    [InlineData("quantity && true", 1, 1, "cel_type", "expects bool, but found int")]
    [InlineData("true ? 1 : 'a'", 1, 6, "cel_type", "int and string")]
    [InlineData("numbers['a']", 1, 8, "cel_type", "The index of a list is int")]
    [InlineData("quantity.x", 1, 10, "cel_type", "found int")]
    [InlineData("quantity.all(x, true)", 1, 1, "cel_type", "a list or a map")]
    [InlineData("size(quantity)", 1, 1, "cel_type", "found (int)")]
    [InlineData("contains('a', 'b')", 1, 1, "cel_type", "is a method")]
    [InlineData("'a'.uint()", 1, 5, "cel_type", "is no method")]
    [InlineData("quantity = 3", 1, 10, "cel_syntax", "`==`")]
    [InlineData("quantity and true", 1, 10, "cel_syntax", "`and`")]
    [InlineData("", 1, 1, "cel_syntax", "found the end")]
    [InlineData("'abc", 1, 1, "cel_syntax", "closing")]
    [InlineData("'a\\qb'", 1, 3, "cel_syntax", "no escape")]
    [InlineData("package", 1, 1, "cel_syntax", "`value.package`")]
    [InlineData("9223372036854775808", 1, 1, "cel_number", "64 bits")]
    [InlineData("'a'.matches('[')", 1, 13, "cel_pattern", "not closed")]
    [InlineData("timestamp('yesterday')", 1, 1, "cel_type", "RFC 3339")]
    [InlineData("Lines{text: 'a'}", 1, 1, "cel_unknown_name", "message type")]
    [InlineData("Line{txt: 'a'}", 1, 6, "cel_unknown_field", "`text`?")]
    [InlineData("Line{count: 'a'}", 1, 13, "cel_type", "gives string")]
    [InlineData("'é𝄞' + quantity", 1, 7, "cel_type", "found (string, int)")]
    public void A_mistake_has_a_place_a_code_and_says_what_would_be_right(
        string text,
        int line,
        int column,
        string code,
        string part
    )
    {
        var mistake = Assert.Single(Sample.Compile(text).Mistakes);
        Assert.Equal((code, line, column), (mistake.Code, mistake.Line, mistake.Column));
        Assert.Contains(part.Replace("RFC 3339", "2026-01-31"), mistake.Message);
        Assert.EndsWith(mistake.Message[^1] == '?' ? "?" : ".", mistake.Message);
    }

    [Fact]
    public void Places_are_those_of_the_authors_document()
    {
        var reading = Expression.Compile(
            "a ||\n  b",
            Sample.Scope,
            file: "flow.yaml",
            line: 7,
            column: 20,
            where: "a -> b"
        );
        Assert.Equal(
            [("flow.yaml", 7, 20, "a -> b"), ("flow.yaml", 8, 3, "a -> b")],
            reading.Mistakes.Select(m => (m.File!, m.Line, m.Column, m.Where!))
        );
    }

    [Fact]
    public void All_mistakes_are_told_at_once_and_none_twice()
    {
        var reading = Sample.Compile(
            "nobody + 1 == size(first.nothing) || quantity == 'x' || [1].all(x, x + y > 'a'.foo())"
        );
        Assert.Equal(
            [
                "cel_unknown_name",
                "cel_unknown_field",
                "cel_type",
                "cel_unknown_name",
                "cel_unknown_function",
            ],
            reading.Mistakes.Select(m => m.Code)
        );
    }

    [Theory]
    [InlineData(8193, "cel_too_long")]
    [InlineData(8192, "cel_unknown_name")]
    public void A_text_has_a_greatest_length(int length, string code) =>
        Assert.Equal(code, Sample.Compile(new string('a', length)).Mistakes.Single().Code);

    [Theory]
    [InlineData("(", "1", ")")]
    [InlineData("[", "1", "]")]
    [InlineData("!", "true", "")]
    [InlineData("-", "quantity", "")]
    [InlineData("{1: ", "1", "}")]
    [InlineData("true ? 1 : ", "1", "")]
    [InlineData("1 + ", "1", "")]
    [InlineData("[1].map(x, ", "1", ")")]
    [InlineData("", "value.any", ".a")]
    [InlineData("", "value.any", "[0]")]
    [InlineData("", "''", ".trim()")]
    [InlineData("Line{next: ", "Line{}", "}")]
    public void Depth_is_bounded_wherever_it_comes_from(string before, string middle, string after)
    {
        string Text(int depth) =>
            string.Concat(Enumerable.Repeat(before, depth))
            + middle
            + string.Concat(Enumerable.Repeat(after, depth));
        var most = Math.Min(4000, (8192 - middle.Length) / (before.Length + after.Length));
        Assert.Equal("cel_too_deep", Sample.Compile(Text(most)).Mistakes.Single().Code);
        Assert.Empty(Sample.Compile(Text(90)).Mistakes);
        Sample.Evaluate(Text(90));
    }

    [Fact]
    public void Any_number_of_terms_may_stand_side_by_side_with_and_and_or() =>
        Assert.True(
            Sample.Evaluate(string.Join(" && ", Enumerable.Repeat("quantity==3", 500))).IsTrue
        );

    [Theory]
    [InlineData("quantity", """{"quantity":1} {"quantity":2}""", "2")]
    [InlineData(
        "first",
        """{"first":{"text":"a"}} {"first":{"count":7}}""",
        """{"text":"a","count":7}"""
    )]
    [InlineData("first.count", """{"first":{"count":7}} {"first":{"text":"a"}}""", "7")]
    [InlineData("numbers", """{"numbers":[1]} {"quantity":1} {"numbers":[2,300]}""", "[1,2,300]")]
    [InlineData(
        "wide",
        """{"wide":[1]} {"wide":["18446744073709551615"]}""",
        """[1,"18446744073709551615"]"""
    )]
    [InlineData("stock", """{"stock":{"a":1}} {"stock":{"b":2,"a":3}}""", """{"a":3,"b":2}""")]
    [InlineData("has(card)", """{"card":"c"} {"cash":0}""", "false")]
    [InlineData("card", """{"card":"c"} {"cash":0}""", "\"\"")]
    [InlineData("has(cash)", """{"card":"c"} {"cash":0}""", "true")]
    [InlineData(
        "account.text",
        """{"account":{"text":"a"}} {"card":"c"} {"account":{"count":1}}""",
        "\"\""
    )]
    [InlineData("has(note)", """{"note":""}""", "true")]
    [InlineData("has(quantity)", """{"quantity":0}""", "false")]
    [InlineData("has(first)", """{"first":{}}""", "true")]
    [InlineData("has(numbers)", "{}", "false")]
    [InlineData("word", "{}", "null")]
    [InlineData("word", """{"word":""}""", "\"\"")]
    [InlineData("has(word)", """{"word":""}""", "true")]
    [InlineData("any", """{"any":1} {"any":"a"}""", "\"a\"")]
    [InlineData(
        "lines[1].next.next.text",
        """{"lines":[{},{"next":{"next":{"text":"x"}}}]}""",
        "\"x\""
    )]
    [InlineData("lines == [Line{}, Line{count: 1}]", """{"lines":[{},{"count":1}]}""", "true")]
    public void Of_several_records_the_last_counts_and_messages_are_their_sum(
        string text,
        string parts,
        string shown
    )
    {
        var sample = new Sample(
            "message Line { string text = 1; int32 count = 2; Line next = 3; } message Order { "
                + "int32 quantity = 2; Line first = 3; repeated int32 numbers = 4; repeated Line lines = 5; "
                + "map<string, int32> stock = 6; oneof payment { string card = 10; Line account = 11; int32 cash = 12; } "
                + "repeated fixed64 wide = 13; optional string note = 14; google.protobuf.StringValue word = 15; "
                + "google.protobuf.Value any = 16; }",
            "{}"
        );
        sample.Message =
        [
            .. parts.Split("} {").SelectMany(p => Json.Parse(sample.Type, Braced(p))),
        ];
        Assert.Equal(shown, ConformanceCase.Shown(sample.Evaluate(text)));
    }

    private static string Braced(string part)
    {
        part = part.StartsWith('{') ? part : "{" + part;
        return part.Count(c => c == '{') == part.Count(c => c == '}') ? part : part + "}";
    }

    [Fact]
    public void Unpacked_numbers_read_like_packed_ones()
    {
        var loose = Compile.Good("message Order { repeated int32 numbers = 4 [packed = false]; }");
        var sample = new Sample("message Order { repeated int32 numbers = 4; }", "{}")
        {
            Message = Json.Parse(loose.Find("Order")!, """{"numbers":[1,-2,3]}"""),
        };
        Assert.Equal("[1,-2,3]", ConformanceCase.Shown(sample.Evaluate("numbers")));
    }

    [Fact]
    public void A_message_that_is_itself_json_has_a_value_and_no_fields()
    {
        var type = WellKnownTypes.Struct;
        var scope = new ExpressionScope { Message = type };
        Assert.Equal(
            "cel_unknown_name",
            Expression.Compile("fields", scope).Mistakes.Single().Code
        );
        var input = new ExpressionInput(
            Json.Parse(type, """{"a":1}"""),
            new Dictionary<string, ReadOnlyMemory<byte>>(),
            new Dictionary<string, string>()
        );
        Assert.Null(Expression.Compile("value.a == 1", scope).Value!.Test(input, out var holds));
        Assert.True(holds);
    }

    [Fact]
    public void Types_of_the_result_can_be_named_when_the_scope_has_them()
    {
        var other = Compile.Good("message Target { int32 a = 1; }").Find("Target")!;
        var scope = Sample.Scope with { Types = [other] };
        Assert.Empty(Expression.Compile("Target{a: quantity}", scope).Mistakes);
        Assert.NotEmpty(Expression.Compile("Target{a: quantity}", Sample.Scope).Mistakes);
    }

    [Fact]
    public void A_condition_is_what_is_true_or_false_or_may_be()
    {
        Assert.True(Sample.Good("quantity > 1").IsBool);
        Assert.True(Sample.Good("any").IsBool);
        Assert.False(Sample.Good("quantity").IsBool);
        Assert.NotNull(Sample.Good("any").Test(Sample.Input, out var holds));
        Assert.False(holds);
    }

    [Fact]
    public void A_fault_names_types_and_fields_and_never_a_value()
    {
        var sample = new Sample(
            "message Order { string secret = 1; map<string, int32> stock = 2; google.protobuf.Struct any = 3; }",
            """{"secret":"hunter2","any":{"hunter2":"hunter2"}}"""
        );
        foreach (
            var text in (string[])
                [
                    "int(secret)",
                    "stock[secret]",
                    "timestamp(secret)",
                    "duration(secret)",
                    "any[secret].x",
                    "any[secret] + 1",
                    "bool(secret)",
                    "double(secret)",
                    "secret.charAt(99)",
                    "'a'.matches(secret + '(')",
                    "1 / size(stock)",
                    "config[secret]",
                    "any.x",
                ]
        )
        {
            var value = sample.Evaluate(text);
            Assert.True(value.IsFault, text);
            Assert.DoesNotContain("hunter2", value.Reason.Message);
            Assert.EndsWith(".", value.Reason.Message);
        }
    }

    [Fact]
    public void An_expression_may_be_evaluated_by_many_threads_at_once()
    {
        var expression = Sample.Good("[1, 2, 3].map(x, x * quantity).exists(x, x == 9)");
        Parallel.For(
            0,
            2000,
            _ =>
            {
                Assert.Null(expression.Test(Sample.Input, out var holds));
                Assert.True(holds);
            }
        );
    }
}
