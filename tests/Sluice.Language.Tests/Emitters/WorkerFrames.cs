using System.Text;
using Sluice.Language.Protos;
using Sluice.Language.Tests.Protos;

namespace Sluice.Language.Tests.Emitters;

/// <summary>Frames of the worker protocol, their messages as JSON by the protocol's own schema.</summary>
internal static class WorkerFrames
{
    private static readonly Schema Protocol = Compile
        .Text(File.ReadAllText(Path.Combine(Spec(), "worker.proto")))
        .Value!;

    /// <summary>The frames that hosts and workers of every language agree on, as JSON.</summary>
    public static string Golden() =>
        File.ReadAllText(Path.Combine(Spec(), "vectors", "frames", "frames.json"));

    public static byte[] Invoke(int call, string json) =>
        Frame(1, call, Json.Parse(Protocol.Find("Invoke")!, json));

    public static byte[] Frame(byte kind, int call, params byte[] payload) =>
        [
            .. BitConverter.GetBytes(payload.Length),
            kind,
            .. BitConverter.GetBytes(call),
            .. payload,
        ];

    /// <summary>Each frame as "kind call payload", the payload as JSON or text.</summary>
    public static IReadOnlyList<string> Read(byte[] bytes)
    {
        var frames = new List<string>();
        for (var at = 0; at < bytes.Length; )
        {
            var length = BitConverter.ToInt32(bytes, at);
            var payload = bytes.AsSpan(at + 9, length);
            var (kind, text) = bytes[at + 4] switch
            {
                65 => ("hello", Json.Write(Protocol.Find("Hello")!, payload)),
                66 => ("result", Encoding.UTF8.GetString(payload)),
                67 => ("error", Json.Write(Protocol.Find("Error")!, payload)),
                68 => ("secret", Encoding.UTF8.GetString(payload)),
                69 => ("log", Json.Write(Protocol.Find("Log")!, payload)),
                var other => ($"{other}", ""),
            };
            frames.Add($"{kind} {BitConverter.ToInt32(bytes, at + 5)} {text}");
            at += 9 + length;
        }

        return frames;
    }

    private static string Spec()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!Directory.Exists(Path.Combine(folder.FullName, "spec")))
            folder = folder.Parent!;
        return Path.Combine(folder.FullName, "spec");
    }
}
