using System.Text.Json;
using Sluice.Language.Emitters;
using Sluice.Language.Packages;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>
/// One node in every language uses everything that a context asks and tells; the frames of each are the golden ones,
/// byte for byte.
/// </summary>
public sealed class ContextTests
{
    private static readonly Sluice.Language.Protos.Schema Schema = Compile.Good(
        "message Text { string text = 1; }"
    );

    private static readonly ManifestNode[] Nodes =
    [
        new()
        {
            Name = "Recall",
            Input = "Text",
            Output = "Text",
        },
    ];

    private static readonly JsonElement Golden = JsonDocument
        .Parse(File.ReadAllText(At("spec", "vectors", "frames", "context.json")))
        .RootElement;

    [Theory]
    [InlineData("python")]
    [InlineData("go")]
    [InlineData("typescript")]
    [InlineData("rust")]
    [InlineData("java")]
    [InlineData("csharp")]
    public void A_context_asks_and_tells_in_the_golden_frames(string language)
    {
        byte[] heard =
        [
            .. WorkerFrames.Invoke(1, """{"node":"Recall"}"""),
            .. Frames("questions", "answer").SelectMany(Convert.FromHexString),
            .. WorkerFrames.Frame(4, 0),
        ];
        var said = Cut(Run(language, heard));
        Assert.Equal(
            [.. Frames("questions", "ask"), .. Frames("notes", "note")],
            said[1..^1].Select(Convert.ToHexStringLower)
        );
        Assert.Equal(
            "result 1 " + Golden.GetProperty("result").GetString(),
            // The field's tag and its length of two bytes.
            WorkerFrames.Read(said[^1])[0].Remove(9, 3)
        );
    }

    private static IEnumerable<string> Frames(string list, string frame) =>
        Golden
            .GetProperty(list)
            .EnumerateArray()
            .Select(each => each.GetProperty(frame).GetString()!);

    private static byte[] Run(string language, byte[] heard)
    {
        switch (language)
        {
            case "python":
                return InPython(heard);
            case "go":
                using (var package = new GoPackage(Schema, Nodes))
                {
                    package.Write(
                        "nodes/recall.go",
                        Source("recall.go").Replace("{module}", GoPackage.Module)
                    );
                    package.BuildWorker();
                    return package.RunWorker(heard);
                }
            case "typescript":
                using (var package = new TypeScriptPackage(Schema, Nodes))
                {
                    package.WriteWorker();
                    package.Write("nodes/recall.ts", Source("recall.ts"));
                    package.Compile();
                    return package.RunWorker(heard);
                }
            case "rust":
                using (var package = new RustPackage(Schema, Nodes))
                {
                    package.WriteWorker();
                    package.Write("nodes/recall.rs", Source("recall.rs"));
                    package.Compile("gen/worker/main.rs");
                    return package.RunWorker(heard);
                }
            case "java":
                using (var package = new JavaPackage(Schema, Nodes))
                {
                    package.Write("nodes/Recall.java", Source("Recall.java"));
                    package.Compile();
                    return package.RunWorker(heard);
                }
            default:
                using (var package = new CSharpPackage(Schema, Nodes))
                {
                    package.WriteWorker();
                    package.Write("nodes/recall.cs", Source("recall.cs"));
                    package.Compile("Axiom.Runtime.Worker");
                    return package.RunWorker(heard);
                }
        }
    }

    private static byte[] InPython(byte[] heard)
    {
        using var package = new PythonPackage(Schema);
        foreach (var file in (string[])["frames", "worker", "context"])
            package.Write($"gen/_{file}.py", RuntimeFiles.Read($"python/{file}.py"));
        package.Write(
            "gen/_nodes.py",
            "NODES = {'Recall': ('nodes.recall', 'recall', 'Text', 'Text', 'unary')}\n"
        );
        package.Write("nodes/recall.py", Source("recall.py"));
        const string Worker =
            "python3 -c 'from gen import _worker; _worker.main()' 3<&0 4>&1 0</dev/null 1>&2";
        return Convert.FromBase64String(
            package.Start("bash", ["-c", $"{{ {Worker}; }} | base64 -w0"], heard)
        );
    }

    private static List<byte[]> Cut(byte[] bytes)
    {
        List<byte[]> frames = [];
        for (var at = 0; at < bytes.Length; at += frames[^1].Length)
            frames.Add(bytes[at..(at + 9 + BitConverter.ToInt32(bytes, at))]);
        return frames;
    }

    private static string Source(string file) => File.ReadAllText(At("tests", "Recall", file));

    private static string At(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "spec")))
            folder = folder.Parent!;
        return Path.Combine([folder.FullName, .. path]);
    }
}
