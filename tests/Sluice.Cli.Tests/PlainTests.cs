using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Cli.Terminals;

namespace Sluice.Cli.Tests;

/// <summary>Properties of text that is shown, for any text.</summary>
public sealed class PlainTests
{
    [Fact]
    public void A_line_holds_nothing_that_a_terminal_obeys() =>
        Prop.ForAll(
                Text(),
                text =>
                    Plain
                        .Line(text)
                        .All(c => !char.IsControl(c) && c is not '\u202e' and not '\u2066')
            )
            .QuickCheckThrowOnFailure();

    [Fact]
    public void Ordinary_text_is_shown_as_it_is() =>
        Assert.Equal("Grüße, 世界 – ok\n\ttab", Plain.Text("Grüße, 世界 – ok\n\ttab"));

    [Fact]
    public void Json_reads_back_the_same_whatever_it_holds() =>
        Prop.ForAll(
                Text(),
                text =>
                {
                    var json = new JsonObject { ["t"] = text }.ToJsonString(
                        new JsonSerializerOptions
                        {
                            Encoder = System
                                .Text
                                .Encodings
                                .Web
                                .JavaScriptEncoder
                                .UnsafeRelaxedJsonEscaping,
                        }
                    );
                    return JsonNode.Parse(Plain.Json(json))!["t"]!.GetValue<string>() == text;
                }
            )
            .QuickCheckThrowOnFailure();

    private static FsCheck.Arbitrary<string> Text() =>
        Gen.Elements(
                'a',
                '"',
                '\\',
                ' ',
                '\n',
                '\t',
                '\u0007',
                '\u001b',
                '\u007f',
                '\u009b',
                '\u200e',
                '\u202e',
                '\u2028',
                'ü',
                '世'
            )
            .ArrayOf()
            .Select(characters => new string(characters))
            .ToArbitrary();
}
