using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Sluice.Server.Telemetry;
using Sluice.Server.Vocabulary;

namespace Sluice.Server.Tests.Edge;

public sealed class LogLineTests
{
    [Fact]
    public void A_log_line_is_one_JSON_object_with_the_ids_of_its_request_and_run()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var framework = scopes.Push(
            new Dictionary<string, object> { ["RequestId"] = "the framework's own" }
        );
        using var request = scopes.Push(new LogScope("RequestId", "01REQUEST"));
        using var run = scopes.Push(new LogScope("RunId", "01RUN"));
        var written = new StringWriter();
        new LogLineFormatter(TimeProvider.System).Write(
            new LogEntry<string>(
                LogLevel.Warning,
                "Sluice.Server.Here",
                new EventId(17),
                "state",
                new InvalidOperationException("broken\nin two"),
                (_, _) => "a \"message\"\nof two lines"
            ),
            scopes,
            written
        );
        var text = written.ToString();
        Assert.Single(text.TrimEnd('\n').Split('\n'));
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal("warning", json.GetProperty("level").GetString());
        Assert.Equal(17, json.GetProperty("event").GetInt32());
        Assert.Equal("a \"message\"\nof two lines", json.GetProperty("message").GetString());
        Assert.Equal("01REQUEST", json.GetProperty("request_id").GetString());
        Assert.Equal("01RUN", json.GetProperty("run_id").GetString());
        Assert.Contains(
            "in two",
            json.GetProperty("exception").GetString(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("the framework's own", text, StringComparison.Ordinal);
    }
}
