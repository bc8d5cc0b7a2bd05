using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Server.Telemetry;

namespace Sluice.Server.Tests.Edge;

/// <summary>What the house tells of itself while real runs go through it.</summary>
public sealed partial class TelemetryTests
{
    private const string Secret = "a-secret-that-nobody-may-tell";
    private const string Payload = "a-payload-that-nobody-may-tell";

    private static readonly Dictionary<string, string> Nodes = new()
    {
        ["Sign"] = "value, ok = ax.secrets.get('SIGNATURE')\nreturn Note(text=value)",
        ["Fail"] = "raise ValueError('no such luck')",
    };

    [Fact]
    public async Task Metrics_count_requests_refusals_runs_steps_keys_writes_and_workers()
    {
        await using var house = await TestHouse.Open();
        var tenant = await Busy(house);
        using var answer = await house.Send(HttpMethod.Get, "/metrics", admin: true);
        Assert.StartsWith(
            "text/plain",
            answer.Content.Headers.ContentType!.ToString(),
            StringComparison.Ordinal
        );
        var page = await answer.Content.ReadAsStringAsync();
        Assert.All(
            (string[])
                [
                    "sluice_http_request_duration_seconds_count{method=\"POST\",route=\"/invocations/v1/flows/invoke\",status=\"200\"}",
                    "sluice_refusals_total{code=\"unauthorized\"}",
                    "sluice_refusals_total{code=\"key_not_found\"}",
                    "sluice_runs_started_total",
                    "sluice_run_duration_seconds_count{status=\"succeeded\"}",
                    "sluice_run_duration_seconds_count{status=\"failed\"}",
                    "sluice_step_duration_seconds_bucket{status=\"succeeded\",le=\"+Inf\"}",
                    "sluice_steps_cold_total",
                    "sluice_key_checks_total{found=\"valid\"}",
                    "sluice_key_checks_total{found=\"malformed\"}",
                    "sluice_store_writes_total{result=\"committed\"}",
                    "sluice_store_group_writes_count",
                    "sluice_runner_workers",
                    "sluice_runner_workers_started_total",
                    "process_resident_memory_bytes",
                ],
            name => Assert.Matches($"(?m)^{Regex.Escape(name)} [1-9]", page)
        );
        Assert.DoesNotContain(tenant.Handle, page, StringComparison.Ordinal);
        Assert.DoesNotContain(tenant.Id, page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_line_of_metrics_is_of_the_text_format_and_buckets_only_grow()
    {
        await using var house = await TestHouse.Open();
        await house.NewTenant();
        using var answer = await house.Send(HttpMethod.Get, "/metrics", admin: true);
        var lines = (await answer.Content.ReadAsStringAsync()).TrimEnd('\n').Split('\n');
        Assert.All(lines, line => Assert.Matches(TextFormat(), line));
        var buckets = lines
            .Where(line => line.Contains("_bucket{", StringComparison.Ordinal))
            .GroupBy(line => line[..line.IndexOf("le=", StringComparison.Ordinal)])
            .Select(group => group.Select(line => long.Parse(line.Split(' ')[^1])).ToList());
        Assert.All(buckets, counts => Assert.Equal(counts.Order(), counts));
    }

    [Fact]
    public async Task A_path_that_does_not_exist_makes_no_series_of_its_own()
    {
        await using var house = await TestHouse.Open();
        using var nowhere = await house.Client.GetAsync("/made-up-by-a-scanner");
        Assert.Equal(HttpStatusCode.NotFound, nowhere.StatusCode);
        using var answer = await house.Send(HttpMethod.Get, "/metrics", admin: true);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.DoesNotContain("made-up", page, StringComparison.Ordinal);
        Assert.Contains("route=\"(none)\",status=\"404\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metrics_take_the_admin_key_and_a_listener_of_their_own_takes_none()
    {
        await using var house = await TestHouse.Open(
            args: ["--Metrics:Urls", "http://127.0.0.1:0"]
        );
        var tenant = await house.NewTenant();
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await house.Client.GetAsync("/metrics")).StatusCode
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await tenant.Get("/metrics")).StatusCode);
        var own = new Uri(house.Services.GetRequiredService<MetricsListener>().Urls.Single());
        Assert.Contains(
            "sluice_build_info",
            await house.Client.GetStringAsync(new Uri(own, "/metrics")),
            StringComparison.Ordinal
        );
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await house.Client.GetAsync(new Uri(own, "/api/v1/keys"))).StatusCode
        );
    }

    [Fact]
    public async Task A_trace_leads_from_the_request_through_the_run_to_its_step_and_tells_no_secret()
    {
        await using var receiver = await OtlpReceiver.Start();
        await using var house = await TestHouse.Open(
            args: ["--OTEL_EXPORTER_OTLP_ENDPOINT", receiver.Address]
        );
        var tenant = await Busy(house);
        // A run's span ends a moment after its caller has the answer.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        IReadOnlyList<OtlpReceiver.Span> spans;
        OtlpReceiver.Span? step;
        do
        {
            Assert.False(patience.IsCancellationRequested, "no step leads to its request");
            house.Services.GetRequiredService<Traces>().Flush();
            spans = receiver.Spans;
            // Beside it other servers of this process have runs, whose requests may have come before anybody listened.
            step = spans.FirstOrDefault(span => span.Name == "step" && Leads(span, spans));
        } while (step is null);
        var run = spans.Single(span => span.Id == step.Parent);
        var request = spans.Single(span => span.Id == run.Parent);
        Assert.Equal(request.Trace, step.Trace);
        Assert.All(
            (string[])[Secret, Payload, tenant.Key, TestHouse.AdminKey],
            text => Assert.False(receiver.Holds(text), text)
        );
        Assert.True(receiver.Holds("sluice.run_id"));
    }

    private static bool Leads(OtlpReceiver.Span step, IReadOnlyList<OtlpReceiver.Span> spans) =>
        spans.FirstOrDefault(span => span.Id == step.Parent) is { } run
        && run.Name == "run"
        && spans.Any(span =>
            span.Id == run.Parent && span.Name == "POST /invocations/v1/flows/invoke"
        );

    [Fact]
    public async Task Nothing_is_sent_anywhere_when_no_endpoint_is_configured_or_nobody_receives()
    {
        await using var house = await TestHouse.Open(
            args: ["--OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1"]
        );
        var tenant = await house.NewTenant();
        Assert.Equal(HttpStatusCode.OK, (await tenant.Get("/api/v1/whoami")).StatusCode);
    }

    [Fact]
    public async Task Log_lines_carry_the_request_id_and_those_of_a_run_the_runs_id_too()
    {
        using var lines = new LogLines();
        await using var house = await TestHouse.Open(adjust: builder =>
            builder.Logging.AddProvider(lines)
        );
        var tenant = await Busy(house);
        using var made = await tenant.Post("/api/v1/keys", """{"name":"logged"}""");
        var requestId = made.Headers.GetValues("X-Request-Id").Single();
        Assert.Contains(
            lines.All,
            line =>
                line.Text.StartsWith("Key ", StringComparison.Ordinal)
                && line.Scopes.GetValueOrDefault("RequestId") == requestId
        );
        var ended = lines.All.First(line =>
            line.Text.Contains("ended failed", StringComparison.Ordinal)
        );
        Assert.Contains(ended.Scopes["RunId"], ended.Text, StringComparison.Ordinal);
        Assert.All(
            lines.All,
            line =>
                Assert.DoesNotContain(
                    Secret,
                    line.Text + string.Join(' ', line.Scopes.Values),
                    StringComparison.Ordinal
                )
        );
    }

    /// <summary>A tenant with a run that succeeded, one that failed, and some refusals behind it.</summary>
    private static async Task<TestTenant> Busy(TestHouse house)
    {
        var tenant = await house.NewTenant();
        await Workshop.Push(tenant, Nodes);
        await tenant.Put("/api/v1/secrets/SIGNATURE", $$"""{"value":"{{Secret}}"}""");
        var sign = await Workshop.Chain(tenant, "sign", "Sign");
        var answer = await Workshop.Invoke(tenant, sign, $$"""{"text":"{{Payload}}"}""");
        Assert.Equal("succeeded", answer.GetProperty("status").GetString());
        var fail = await Workshop.Chain(tenant, "fail", "Fail");
        answer = await Workshop.Invoke(tenant, fail);
        Assert.Equal("failed", answer.GetProperty("status").GetString());
        using var unknown = await tenant.Delete("/api/v1/keys/01ARZ3NDEKTSV4RRFFQ69G5FAV");
        using var malformed = await house.Send(HttpMethod.Get, "/api/v1/keys", key: "nonsense");
        return tenant;
    }

    [GeneratedRegex(
        """^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.E+-]+)$""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex TextFormat();
}
