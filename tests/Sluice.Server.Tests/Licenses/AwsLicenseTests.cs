using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sluice.Runner.Tests;
using Sluice.Seal;
using Sluice.Server.Licenses;

namespace Sluice.Server.Tests.Licenses;

/// <summary>The license of a house that lies in AWS Secrets Manager, of which a server of the test's own plays the part.</summary>
public sealed class AwsLicenseTests
{
    private const string Secret = "sluice/customers/acme/license-key";

    [Fact]
    public async Task The_license_is_read_from_the_secret_of_the_organisation_again_and_again()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var aws = await FakeAws.Start();
        var clock = new ManualClock();
        await using var house = await TestHouse.Open(
            adjust: builder => builder.Services.AddSingleton<TimeProvider>(clock),
            args:
            [
                "--Licenses:Aws:Organization",
                "acme",
                "--Licenses:Aws:Region",
                "eu-central-1",
                "--Licenses:Aws:Endpoint",
                aws.Address,
                "--AWS_ACCESS_KEY_ID",
                "AKID",
                "--AWS_SECRET_ACCESS_KEY",
                "se/cr+et",
                "--AWS_SESSION_TOKEN",
                "to/ken==",
            ]
        );
        // There is no such secret yet: the server has started all the same, and says why it is not licensed.
        var before = await License(house);
        Assert.False(before.GetProperty("valid").GetBoolean());
        Assert.Contains("ResourceNotFoundException", before.GetProperty("reason").GetString());

        using var issued = await house.Send(
            HttpMethod.Post,
            "/api/v1/admin/licenses",
            """{"organization":"acme","tier":"enterprise","form":"signed"}""",
            admin: true
        );
        aws.Value = (await TestHouse.Json(issued)).GetProperty("key").GetString();
        await house.Services.GetRequiredService<HouseLicense>().Refresh(stop);
        Assert.Equal("Enterprise", (await License(house)).GetProperty("tier").GetString());
        Assert.Equal(Secret, aws.Asked);
        Assert.Equal(aws.Expected(clock.GetUtcNow()), aws.Authorization);
        using var status = await house.Send(HttpMethod.Get, "/api/v1/admin/license", admin: true);
        Assert.Equal("aws", (await TestHouse.Json(status)).GetProperty("source").GetString());

        // While it does not answer, what it said last holds.
        aws.Status = 500;
        await house.Services.GetRequiredService<HouseLicense>().Refresh(stop);
        Assert.True((await License(house)).GetProperty("valid").GetBoolean());
    }

    private static async Task<JsonElement> License(TestHouse house) =>
        (await TestHouse.Json(await house.Send(HttpMethod.Get, "/health"))).GetProperty("license");

    /// <summary>Answers GetSecretValue as AWS documents it.</summary>
    private sealed class FakeAws : IAsyncDisposable
    {
        private readonly WebApplication _app;
        private byte[] _body = [];
        private Dictionary<string, string> _headers = [];

        private FakeAws(WebApplication app) => _app = app;

        public string? Value { get; set; }

        public int Status { get; set; } = 200;

        public string Address => _app.Urls.First();

        public string? Asked =>
            JsonDocument.Parse(_body).RootElement.GetProperty("SecretId").GetString();

        public string Authorization => _headers["authorization"];

        public static async Task<FakeAws> Start()
        {
            var builder = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]);
            builder.Logging.ClearProviders();
            var app = builder.Build();
            var aws = new FakeAws(app);
            app.MapPost("/", aws.Answer);
            await app.StartAsync();
            return aws;
        }

        /// <summary>What the headers that came should have been signed with.</summary>
        public string Expected(DateTimeOffset at) =>
            AwsSignature.Authorization(
                "AKID",
                "se/cr+et",
                "eu-central-1",
                "secretsmanager",
                "POST",
                "/",
                new[]
                {
                    "content-type",
                    "host",
                    "x-amz-date",
                    "x-amz-security-token",
                    "x-amz-target",
                }.ToDictionary(name => name, name => _headers[name]),
                _body,
                at
            );

        private async Task Answer(HttpContext context)
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            _body = body.ToArray();
            // The listener uses its own collection again for the next request.
            _headers = context.Request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            );
            context.Response.ContentType = "application/x-amz-json-1.1";
            var known = Value is not null && Status == 200;
            context.Response.StatusCode =
                known ? 200
                : Status == 200 ? 400
                : Status;
            await context.Response.Body.WriteAsync(
                Encoding.UTF8.GetBytes(
                    known
                        ? JsonSerializer.Serialize(new { Name = Secret, SecretString = Value })
                        : """{"__type":"com.amazonaws#ResourceNotFoundException","Message":"none"}"""
                )
            );
        }

        public async ValueTask DisposeAsync() => await _app.DisposeAsync();
    }
}
