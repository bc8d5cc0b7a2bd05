using System.CommandLine;
using Sluice.Cli.Terminals;
using Sluice.Client;

namespace Sluice.Cli.Keys;

/// <summary>Brings keys of another system along. Texts are hashed on this machine and do not leave it.</summary>
internal static class ImportCommand
{
    private const int MostInOneCall = 500;
    private const int Longest = 16 << 20;

    public static Command Define(Terminal terminal)
    {
        var file = new Argument<string>("file")
        {
            Description = "JSON, or CSV with a header row; - for standard input",
        };
        return new Command(
            "import",
            "Bring keys of another system along; what is a text is hashed here, and only the hash is sent"
        )
        {
            file,
        }.Calls(
            terminal,
            async (session, client, stop) =>
            {
                var name = session.Value(file);
                if (await Read(session, name, stop) is not { } bytes)
                    return session.Fail(
                        Exit.Usage,
                        "bad_value",
                        $"{name} is longer than {Longest >> 20} MiB."
                    );
                var (keys, mistakes) = ImportFile.Read(bytes);
                if (mistakes.Count > 0)
                    return session.Fail(
                        "invalid_input",
                        "The file has mistakes; nothing was imported.",
                        mistakes
                    );
                return await Send(session, client, keys, stop);
            }
        );
    }

    private static async Task<Exit> Send(
        Session session,
        SluiceClient client,
        IReadOnlyList<KeyToImport> keys,
        CancellationToken stop
    )
    {
        var done = new List<ApiKey>(keys.Count);
        foreach (var part in keys.Chunk(MostInOneCall))
        {
            try
            {
                done.AddRange((await client.Keys.Import(part, stop)).Data);
            }
            catch (SluiceException) when (done.Count > 0)
            {
                // Each call is all or nothing, and this was not the first.
                session.Warn(
                    $"The first {done.Count} keys of the file are imported; keys[0] below is the one after them."
                );
                throw;
            }
        }
        session.Print(new Page<ApiKey> { Data = done }, SluiceJson.Default.PageApiKey, Tell);
        return Exit.Done;
    }

    private static void Tell(Report people, Page<ApiKey> page)
    {
        people.Table(
            ["ID", "NAME", "KEY", "ENVIRONMENT", "SCOPES"],
            page.Data.Select(key =>
                (IReadOnlyList<string?>)
                    [key.Id, key.Name, key.Masked, key.Environment, Show.List(key.Scopes, "all")]
            )
        );
        people.Good(
            page.Data.Count == 1
                ? "Imported 1 key: its text works from now on."
                : $"Imported {page.Data.Count} keys: their texts work from now on."
        );
    }

    private static async Task<byte[]?> Read(Session session, string name, CancellationToken stop)
    {
        await using var stream =
            name == "-"
                ? session.Terminal.In
                : new FileStream(session.Terminal.Path(name), FileMode.Open, FileAccess.Read);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, stop) is var read and > 0)
        {
            if (bytes.Length + read > Longest)
                return null;
            bytes.Write(buffer, 0, read);
        }
        return bytes.ToArray();
    }
}
