using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Sluice.Server.Tests.Hostile;

/// <summary>Bodies that are right but for one member, of every member that the description of the API names.</summary>
internal sealed class BadMembers(JsonElement api)
{
    /// <summary>What a member of one kind or another cannot be, as JSON.</summary>
    private static readonly string[] Values =
    [
        "[null]",
        "[[]]",
        "[1]",
        "{\"a\":null}",
        "{\"a\":1}",
        "true",
        "-1",
        "1e400",
        "99999999999999999999",
        "\"\\u0000\"",
        "[\"\\u0000\"]",
    ];

    /// <param name="method">As in the description, whatever its case.</param>
    /// <param name="path">With ids in it.</param>
    /// <param name="good">A body that the route takes.</param>
    public IEnumerable<(string What, string Body)> For(string method, string path, string good)
    {
        if (Shape(method, path.Split('?')[0]) is not { } shape)
            yield break;
        var body = JsonNode.Parse(good)!.AsObject();
        foreach (var member in Members(shape))
        {
            foreach (var value in Values)
                yield return ($"{member.Name}: {value}", With(body, member.Name, value));
            if (Items(member.Value) is not { } item)
                continue;
            var first = (body[member.Name] as JsonArray)?.FirstOrDefault() as JsonObject ?? [];
            foreach (var inner in Members(item))
            {
                foreach (var value in Values)
                    yield return (
                        $"{member.Name}[0].{inner.Name}: {value}",
                        With(body, member.Name, $"[{With(first, inner.Name, value)}]")
                    );
            }
        }
    }

    private static string With(JsonObject body, string name, string value)
    {
        // A number that no reader holds is kept as it is written.
        var rest = body.Where(member => member.Key != name)
            .Select(member =>
                $"{JsonSerializer.Serialize(member.Key)}:{member.Value?.ToJsonString() ?? "null"}"
            );
        return $"{{{string.Join(',', rest.Append($"{JsonSerializer.Serialize(name)}:{value}"))}}}";
    }

    private JsonElement? Shape(string method, string path)
    {
        foreach (var route in api.GetProperty("paths").EnumerateObject())
        {
            var pattern = $"^{Regex.Replace(route.Name, @"\\?\{[^}]+\}", "[^/]+")}$";
            if (
                Regex.IsMatch(path, pattern)
                && route.Value.TryGetProperty(method.ToLowerInvariant(), out var operation)
                && operation.TryGetProperty("requestBody", out var takes)
                && takes.GetProperty("content").TryGetProperty("application/json", out var json)
            )
                return json.GetProperty("schema");
        }
        return null;
    }

    private IEnumerable<JsonProperty> Members(JsonElement schema) =>
        Resolved(schema).TryGetProperty("properties", out var members)
            ? members.EnumerateObject()
            : [];

    /// <summary>What a list holds, where that has members.</summary>
    private JsonElement? Items(JsonElement schema) =>
        Resolved(schema).TryGetProperty("items", out var items)
        && Resolved(items).TryGetProperty("properties", out _)
            ? items
            : null;

    private JsonElement Resolved(JsonElement schema)
    {
        while (true)
        {
            if (schema.TryGetProperty("$ref", out var to))
                schema = api.GetProperty("components")
                    .GetProperty("schemas")
                    .GetProperty(to.GetString()!.Split('/')[^1]);
            else if (schema.TryGetProperty("oneOf", out var any))
                schema = any.EnumerateArray().First(each => each.TryGetProperty("$ref", out _));
            else
                return schema;
        }
    }
}
