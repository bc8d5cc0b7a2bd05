using System.Text;
using System.Text.Json.Nodes;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Bodies that no JSON route may take, small enough to be read.</summary>
internal static class BadBodies
{
    private const int Deep = 10_000;

    /// <param name="good">A body that the route takes: its members are used where a name must be known.</param>
    public static IEnumerable<(string What, byte[] Body)> For(string good)
    {
        var members = JsonNode.Parse(good)!.AsObject();
        var name = members.First().Key;
        yield return ("nothing", []);
        yield return ("white space", Text(" \r\n\t "));
        foreach (
            var text in (string[])
                [
                    "null",
                    "[]",
                    "[{}]",
                    "true",
                    "12",
                    "\"text\"",
                    "{",
                    "}",
                    "{]",
                    "{\"",
                    "{'a':1}",
                    "{a:1}",
                    "{} {}",
                    "{}x",
                    "// c\n{}",
                    "NaN",
                    "{\"a\":01}",
                    "{\"a\":+1}",
                    "{\"a\":1e}",
                    "{\"a\":\"\t\"}",
                    "{\"a\":\"\\x\"}",
                    "{\"a\":\"\\u12\"}",
                    "{\"no_member_of_this\":1}",
                    "{\"\":1}",
                    "{\"__proto__\":{\"admin\":true}}",
                ]
        )
            yield return (text, Text(text));
        yield return ("a byte order mark", [0xEF, 0xBB, 0xBF, .. Text(good)]);
        yield return ("UTF-16", Encoding.Unicode.GetBytes(good));
        yield return ("NUL first", [0, .. Text(good)]);
        yield return ("NUL last", [.. Text(good), 0]);
        yield return ("NUL bytes", new byte[1000]);
        yield return ("deep arrays", Text(new string('[', Deep)));
        yield return ("closed deep arrays", Text(new string('[', Deep) + new string(']', Deep)));
        yield return (
            "deep objects",
            Text(string.Concat(Enumerable.Repeat("{\"a\":", Deep)) + "1" + new string('}', Deep))
        );
        yield return (
            "deep within a member",
            Text($"{{\"{name}\":{new string('[', Deep)}{new string(']', Deep)}}}")
        );
        yield return (
            "a member twice",
            Text(
                $"{{\"{name}\":{members[name]!.ToJsonString()},{members.ToJsonString().TrimStart('{')}"
            )
        );
        yield return (
            "a member twice, once escaped",
            Text(
                $"{{\"\\u{(int)name[0]:x4}{name[1..]}\":{members[name]!.ToJsonString()},{members.ToJsonString().TrimStart('{')}"
            )
        );
        foreach (
            var bytes in (byte[][])
                [
                    [0xFF],
                    [0xC0, 0xAF],
                    [0xED, 0xA0, 0x80],
                    [0xF5, 0x80, 0x80, 0x80],
                    [0xE2, 0x82],
                ]
        )
        {
            yield return (
                $"invalid UTF-8 {Convert.ToHexString(bytes)} in a value",
                [.. Text($"{{\"{name}\":\""), .. bytes, .. Text("\"}")]
            );
            yield return (
                $"invalid UTF-8 {Convert.ToHexString(bytes)} in a name",
                [.. Text("{\""), .. bytes, .. Text("\":1}")]
            );
        }
        foreach (var half in (string[])["\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud800x"])
        {
            yield return ($"{half} in a value", Text($"{{\"{name}\":\"{half}\"}}"));
            yield return ($"{half} in a name", Text($"{{\"{half}\":1}}"));
        }
        foreach (
            var value in (string[])
                ["1", "-1", "1e400", "[]", "{}", "[1,2]", "true", new string('9', 900_000)]
        )
            yield return (
                $"{value[..Math.Min(9, value.Length)]} for a text",
                Text($"{{\"{name}\":{value}}}")
            );
        yield return (
            "a hundred thousand members",
            Text(
                "{"
                    + string.Join(',', Enumerable.Range(0, 60_000).Select(each => $"\"m{each}\":1"))
                    + "}"
            )
        );
        yield return ("a long name", Text($"{{\"{new string('n', 500_000)}\":1}}"));
        yield return ("NUL in a value", Text($"{{\"{name}\":\"\\u0000\"}}"));
        yield return ("a long value", Text($"{{\"{name}\":\"{new string('v', 900_000)}\"}}"));
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
