using System.Text;
using Sluice.Language.Protos;

namespace Sluice.Language.Tests.Protos;

public sealed class SchemaMistakeTests
{
    /// <summary>Each text stands on lines 2 and on, behind a line with syntax and package.</summary>
    [Theory]
    [InlineData("message A { string x = 0; }", "proto_number_range", 2, 24)]
    [InlineData("message A { string x = -1; }", "proto_number_range", 2, 24)]
    [InlineData("message A { string x = 536870912; }", "proto_number_range", 2, 24)]
    [InlineData("message A { string x = 19500; }", "proto_number_range", 2, 24)]
    [InlineData("message A { string x = 99999999999999999999; }", "proto_bad_number", 2, 24)]
    [InlineData("message A { string x = 09; }", "proto_bad_number", 2, 24)]
    [InlineData("message A { string x = 1.5; }", "proto_unexpected", 2, 24)]
    [InlineData("message A { string x = 1; int32 y = 1; }", "proto_duplicate_number", 2, 37)]
    [InlineData("message A { string x = 1; int32 x = 2; }", "proto_duplicate_name", 2, 33)]
    [InlineData("message A { string foo_bar = 1; int32 fooBar = 2; }", "proto_json_name", 2, 39)]
    [InlineData(
        "message A { string x = 1 [json_name = \"y\"]; int32 y = 2; }",
        "proto_json_name",
        2,
        51
    )]
    [InlineData("message A {} message A {}", "proto_duplicate_name", 2, 22)]
    [InlineData("message A { message B {} string B = 1; }", "proto_duplicate_name", 2, 33)]
    [InlineData("message A { Unknown x = 1; }", "proto_unknown_type", 2, 13)]
    [InlineData("message A { map<string, Unknown> x = 1; }", "proto_unknown_type", 2, 25)]
    [InlineData("message A { .A x = 1; }", "proto_unknown_type", 2, 13)]
    [InlineData("message A { map<double, A> x = 1; }", "proto_map", 2, 17)]
    [InlineData("message A { repeated map<string, A> x = 1; }", "proto_map", 2, 22)]
    [InlineData("message A { oneof o { map<string, A> x = 1; } }", "proto_map", 2, 23)]
    [InlineData("message A { oneof o { repeated string x = 1; } }", "proto_oneof_label", 2, 23)]
    [InlineData("message A { oneof o { } }", "proto_oneof_empty", 2, 19)]
    [InlineData("message A { required string x = 1; }", "proto_required", 2, 13)]
    [InlineData("message A { optional group G = 1 { } }", "proto_group", 2, 22)]
    [InlineData("message A { string x = 1 [default = \"d\"]; }", "proto_default", 2, 37)]
    [InlineData("message A { extensions 100 to max; }", "proto_extension", 2, 13)]
    [InlineData("extend A { string x = 1; } message A {}", "proto_extension", 2, 1)]
    [InlineData(
        "service S { rpc Do(A) returns (A) { option x = 1; } } message A {}",
        "proto_service",
        2,
        1
    )]
    [InlineData("message A { reserved 1; string x = 1; }", "proto_reserved", 2, 36)]
    [InlineData("message A { reserved 5 to max; string x = 9; }", "proto_reserved", 2, 43)]
    [InlineData("message A { reserved \"x\"; string x = 1; }", "proto_reserved", 2, 34)]
    [InlineData("message A { reserved 9 to 2; }", "proto_number_range", 2, 22)]
    [InlineData("enum E { A = 1; }", "proto_enum_zero", 2, 14)]
    [InlineData("enum E { }", "proto_enum_empty", 2, 6)]
    [InlineData("enum E { A = 0; B = 0; }", "proto_duplicate_number", 2, 21)]
    [InlineData("enum E { A = 0; } enum F { A = 0; }", "proto_duplicate_name", 2, 28)]
    [InlineData("enum E { A = 0; B = 2147483648; }", "proto_number_range", 2, 21)]
    [InlineData("enum E { reserved -5 to -1; A = 0; B = -3; }", "proto_reserved", 2, 40)]
    [InlineData("import \"missing.proto\";", "proto_import", 2, 8)]
    [InlineData("import \"google/protobuf/any.proto\";", "proto_import", 2, 8)]
    [InlineData("import \"messages/messages.proto\";", "proto_import", 2, 8)]
    [InlineData("package other;", "proto_duplicate_name", 2, 1)]
    [InlineData("message demo {} package x;", "proto_duplicate_name", 2, 17)]
    [InlineData("syntax = \"proto3\";", "proto_unexpected", 2, 1)]
    [InlineData("message A { string x = 1 }", "proto_unexpected", 2, 25)]
    [InlineData("message A { string x 1; }", "proto_unexpected", 2, 22)]
    [InlineData("message A { string = 1; }", "proto_unexpected", 2, 20)]
    [InlineData("message { }", "proto_unexpected", 2, 9)]
    [InlineData("message A { string x = 1;", "proto_unexpected", 2, 9)]
    [InlineData("message A { } }", "proto_unexpected", 2, 15)]
    [InlineData("message A { string x = 1 [(a.b) = ]; }", "proto_unexpected", 2, 35)]
    [InlineData("nonsense;", "proto_unexpected", 2, 1)]
    [InlineData("message A { string x = 1; } §", "proto_bad_character", 2, 29)]
    [InlineData("import \"unclosed", "proto_unterminated", 2, 8)]
    [InlineData("/* unclosed", "proto_unterminated", 2, 1)]
    public void A_mistake_is_told_with_its_code_and_place(
        string text,
        string code,
        int line,
        int column
    )
    {
        var mistakes = Compile.Body("\n" + text).Mistakes;

        var mistake = mistakes.First(m => m.Code == code);
        Assert.Equal((Compile.Path, line, column), (mistake.File, mistake.Line, mistake.Column));
        Assert.False(mistake.Warning);
    }

    [Theory]
    [InlineData("message A {}", "proto_not_proto3")]
    [InlineData("syntax = \"proto2\"; message A {}", "proto_not_proto3")]
    [InlineData("edition = \"2023\"; message A {}", "proto_not_proto3")]
    [InlineData("", "proto_not_proto3")]
    [InlineData(
        "syntax = \"proto3\"; package google.protobuf; message Timestamp {}",
        "proto_duplicate_name"
    )]
    public void A_file_of_another_kind_is_refused(string text, string code) =>
        Assert.Contains(Compile.Text(text).Mistakes, m => m.Code == code);

    [Fact]
    public void All_mistakes_are_told_at_once_in_the_order_of_their_places()
    {
        var reading = Compile.Body(
            """

            message A {
              string x = 0
              Missing y = 2;
              string z = 2;
              strin
            }
            enum E { ONE = 1; }
            """
        );

        Assert.Null(reading.Value);
        Assert.Equal(
            [
                ("proto_number_range", 3),
                ("proto_unexpected", 3),
                ("proto_unknown_type", 4),
                ("proto_duplicate_number", 5),
                ("proto_unexpected", 7),
                ("proto_enum_zero", 8),
            ],
            reading.Mistakes.Select(m => (m.Code, m.Line))
        );
    }

    [Fact]
    public void A_type_in_a_file_that_is_not_imported_is_named_with_its_file()
    {
        var reading = Compile.Files(
            ("a.proto", "syntax = \"proto3\"; message A { B b = 1; }"),
            ("b.proto", "syntax = \"proto3\"; message B {}")
        );

        Assert.Contains("\"b.proto\"", Assert.Single(reading.Mistakes).Message);
    }

    [Fact]
    public void Files_that_import_each_other_are_refused()
    {
        var reading = Compile.Files(
            ("a.proto", "syntax = \"proto3\"; import \"b.proto\"; message A {}"),
            ("b.proto", "syntax = \"proto3\"; import \"a.proto\"; message B {}")
        );

        Assert.Equal(["a.proto", "b.proto"], reading.Mistakes.Select(m => m.File));
    }

    [Fact]
    public void Types_are_seen_through_public_imports_and_only_through_those()
    {
        var reading = Compile.Files(
            (
                "dir/a.proto",
                "syntax = \"proto3\"; import \"b.proto\"; message A { C c = 1; D d = 2; }"
            ),
            (
                "dir/b.proto",
                "syntax = \"proto3\"; import public \"c.proto\"; import \"d.proto\"; message B {}"
            ),
            ("dir/c.proto", "syntax = \"proto3\"; message C {}"),
            ("dir/d.proto", "syntax = \"proto3\"; message D {}")
        );

        Assert.Equal("proto_unknown_type", Assert.Single(reading.Mistakes).Code);
    }

    [Fact]
    public void Hostile_text_costs_little_and_gives_bounded_mistakes()
    {
        string[] hostile =
        [
            string.Concat(Enumerable.Repeat("message A {", 50_000)),
            new string('{', 500_000),
            new string('(', 500_000),
            "option " + new string('.', 500_000),
            "option a = " + new string('{', 500_000),
            "message " + new string('a', 900_000) + " {}",
            "package " + string.Concat(Enumerable.Repeat("a.", 400_000)),
            string.Concat(Enumerable.Repeat("message A { x y = 1; }", 20_000)),
            new string('"', 500_001),
            string.Concat(Enumerable.Repeat("/*", 400_000)),
            string.Concat(Enumerable.Repeat("//\n", 300_000)),
            string.Concat(Enumerable.Repeat("\ud800", 100_000)),
            new string('x', SchemaCompiler.MaxCharacters + 1),
        ];
        foreach (var text in hostile)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var mistakes = Compile.Text("syntax = \"proto3\";" + text).Mistakes;
            Assert.InRange(mistakes.Count, 0, 101);
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400_000_000);
        }
    }

    [Fact]
    public void The_fingerprint_knows_the_schema_and_neither_comments_nor_order()
    {
        var first = Compile.Good(
            "message A { string x = 1; int32 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 1; } message B {}"
        );
        var same = Compile.Good(
            "// said\nmessage B {} enum E { Z = 0; Y = 1; } /* more */ message A { oneof o { B b = 4; A a = 3; } int32 y = 2; // y\n string x = 1; reserved 9; }"
        );
        Assert.Equal(first.Fingerprint, same.Fingerprint);
        Assert.Matches("^[0-9a-f]{64}$", first.Fingerprint);

        string[] others =
        [
            "message A { string x = 1; int64 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 1; } message B {}",
            "message A { string z = 1; int32 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 1; } message B {}",
            "message A { string x = 1; repeated int32 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 1; } message B {}",
            "message A { string x = 1; optional int32 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 1; } message B {}",
            "message A { string x = 1; int32 y = 2; oneof o { A a = 3; } B b = 4; } enum E { Z = 0; Y = 1; } message B {}",
            "message A { string x = 1; int32 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 2; } message B {}",
            "message A { string x = 1; int32 y = 2; oneof o { A a = 3; B b = 4; } } enum E { Z = 0; Y = 1; }  message B { string n = 1; }",
        ];
        Assert.Equal(
            others.Length + 1,
            others
                .Select(t => Compile.Good(t).Fingerprint)
                .Append(first.Fingerprint)
                .Distinct()
                .Count()
        );
    }

    [Fact]
    public void Only_comments_that_lead_a_declaration_become_its_docs()
    {
        var schema = Compile.Good(
            """

            // detached

            /* About A,
             * on two lines.
             */
            message A {
              string x = 1; // trails x
              // leads y
              // on two lines
              string y = 2;
              // detached

              string z = 3;
              // leads the oneof
              oneof o {
                // leads w
                string w = 4;
              }
            }
            """
        );

        var a = schema.Find("A")!;
        Assert.Equal("About A,\non two lines.", a.Docs);
        Assert.Equal(["", "leads y\non two lines", "", "leads w"], a.Fields.Select(f => f.Docs));
        Assert.Equal("leads the oneof", a.Oneofs[0].Docs);
    }
}
