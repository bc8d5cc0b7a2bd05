using System.CommandLine;
using System.Text;
using System.Text.Json;

namespace Sluice.Cli.Runs;

/// <summary>A message as JSON: on the command line, from a file or from standard input.</summary>
internal sealed class InputOptions
{
    private const int LongestInput = 64 * 1024 * 1024;
    private readonly Option<string?> _input = new("--input", "-d")
    {
        Description = "The input message as JSON [default: {}]",
        HelpName = "json",
    };
    private readonly Option<string?> _inputFile = new("--input-file", "-f")
    {
        Description = "A file with the input; - for standard input",
        HelpName = "file",
    };

    public void AddTo(Command command)
    {
        command.Add(_input);
        command.Add(_inputFile);
    }

    /// <summary>The input, null where none was given; not read, after saying what is wrong with it.</summary>
    public async Task<(JsonElement? Input, bool IsRead)> Read(
        Session session,
        CancellationToken stop
    )
    {
        var source = session.Value(_inputFile) ?? "--input";
        try
        {
            var bytes = session.Value(_inputFile) switch
            {
                null => session.Value(_input) is { } text ? Encoding.UTF8.GetBytes(text) : null,
                "-" => await ReadAll(session.Terminal.In, stop),
                var file => await File.ReadAllBytesAsync(session.Terminal.Path(file), stop),
            };
            return (bytes is null ? null : Parse(bytes), true);
        }
        catch (JsonException error)
        {
            session.Fail(
                Exit.Invalid,
                "bad_json",
                $"The input is no JSON: {source}:{error.LineNumber + 1}:{error.BytePositionInLine + 1}.",
                """Like --input '{"name": "Ada"}', in single quotes."""
            );
        }
        catch (FileNotFoundException)
        {
            session.Fail(Exit.Usage, "no_file", $"There is no file {source}.");
        }
        return (null, false);
    }

    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        return document.RootElement.Clone();
    }

    private static async Task<byte[]> ReadAll(Stream stream, CancellationToken stop)
    {
        using var all = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await stream.ReadAsync(buffer, stop)) > 0)
        {
            if (all.Length + read > LongestInput)
                throw new IOException(
                    $"The input is longer than {LongestInput / 1024 / 1024} MiB."
                );
            all.Write(buffer, 0, read);
        }
        return all.ToArray();
    }
}
