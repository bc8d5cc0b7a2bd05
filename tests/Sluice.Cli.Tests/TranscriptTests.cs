namespace Sluice.Cli.Tests;

/// <summary>Every file under Transcripts, typed against a server of its own.</summary>
public sealed class TranscriptTests
{
    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Transcripts"), "*.txt")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task What_is_typed_shows_what_is_written(string transcript)
    {
        using var reporter = new LeakReporter();
        await using var server = await ServerProcess.Start(reporter.Settings);
        using var typist = new Typist();
        typist["SLUICE_URL"] = server.Url;
        typist["SLUICE_ADMIN_API_KEY"] = server.AdminKey;
        var script = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "Transcripts", transcript + ".txt"),
            TestContext.Current.CancellationToken
        );
        var difference = await new Transcript(
            typist,
            text => reporter.Report(server.Url, text)
        ).Play(script);
        Assert.True(difference is null, difference);
    }
}
