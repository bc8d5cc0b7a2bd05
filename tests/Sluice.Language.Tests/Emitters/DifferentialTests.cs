using System.Text.Json.Nodes;
using Sluice.Language.Protos;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>Our compiler, JSON and Python classes beside Debian's protoc and google.protobuf, on random schemas and messages.</summary>
public sealed class DifferentialTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_messages_mean_the_same_to_us_and_to_the_official_implementation(int seed)
    {
        var text = new RandomSchema(seed).Write();
        var reading = Compile.Text(text);
        Assert.Empty(reading.Mistakes);
        var schema = reading.Value!;
        using var package = new PythonPackage(schema);
        Directory.CreateDirectory(Path.Combine(package.Root, "official"));
        package.Start("protoc", ["--python_out=official", Compile.Path]);

        var script = Path.Combine(AppContext.BaseDirectory, "Emitters", "differential.py");
        var lines = package
            .Start(PythonPackage.Python, [Copy(script, package.Root), $"{seed}", "25"])
            .TrimEnd('\n')
            .Split('\n');

        Assert.NotEmpty(lines);
        foreach (var line in lines)
        {
            var parts = line.Split('\t');
            var type = schema.Find(parts[0])!;
            var bytes = Convert.FromBase64String(parts[1]);
            var written = Json.Write(type, bytes);
            Assert.True(
                Same(JsonNode.Parse(parts[2]), JsonNode.Parse(written)),
                $"{parts[2]}\n{written}\n{text}"
            );
            // What was read from their JSON writes as ours does; floats of theirs have fewer digits, never other ones.
            Assert.True(
                Same(JsonNode.Parse(written), JsonNode.Parse(Json.RoundTrip(type, parts[2]))),
                line
            );
            Assert.Equal(written, Json.RoundTrip(type, written));
        }
    }

    private static string Copy(string script, string root)
    {
        var to = Path.Combine(root, "differential.py");
        File.Copy(script, to);
        return to;
    }

    private static bool Same(JsonNode? a, JsonNode? b) =>
        (a, b) switch
        {
            (null, null) => true,
            (JsonObject x, JsonObject y) => x.Count == y.Count
                && x.All(p => y.ContainsKey(p.Key) && Same(p.Value, y[p.Key])),
            (JsonArray x, JsonArray y) => x.Count == y.Count
                && x.Zip(y).All(p => Same(p.First, p.Second)),
            (JsonValue x, JsonValue y) => x.GetValueKind() == y.GetValueKind()
                && (
                    x.ToJsonString() == y.ToJsonString()
                    || (
                        x.TryGetValue<double>(out var i)
                        && y.TryGetValue<double>(out var j)
                        && (i == j || (float)i == (float)j)
                    )
                ),
            _ => false,
        };
}
