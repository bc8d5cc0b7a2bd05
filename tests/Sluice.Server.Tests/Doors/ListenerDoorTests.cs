using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Sluice.Server.Doors;
using Sluice.Server.Doors.Listeners;
using Sluice.Server.Operations;

namespace Sluice.Server.Tests.Doors;

/// <summary>A door that is bound to listeners is nowhere on the others.</summary>
public sealed partial class ListenerDoorTests
{
    private const string Id = "01J00000000000000000000000";

    [Fact]
    public async Task A_door_is_not_found_where_it_is_not_bound_whatever_is_asked_of_it()
    {
        await using var house = await TestHouse.Open(
            args:
            [
                "--Listeners:private:Urls",
                "http://127.0.0.1:0",
                "--Doors:default",
                "private",
                "--Doors:runs",
                "main",
            ]
        );
        var tenant = await AtPrivate(house).NewTenant();
        var nowhere = await Ask(house, HttpMethod.Get, "/api/v1/nothing-of-the-kind", tenant.Key);
        var wrong = new List<string>();
        foreach (
            var endpoint in house
                .Services.GetRequiredService<EndpointDataSource>()
                .Endpoints.OfType<RouteEndpoint>()
        )
        {
            var row = DoorMiddleware.RowOf(endpoint);
            var methods =
                endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? ["GET"];
            var path = Parameter().Replace("/" + endpoint.RoutePattern.RawText!.TrimStart('/'), Id);
            foreach (var method in methods.Append("PATCH"))
            {
                if (method == "HEAD")
                    continue;
                var got = await Ask(house, new HttpMethod(method), path, tenant.Key);
                var open = row.Family == "runs";
                var hidden =
                    got.Status == 404
                    && (
                        path.StartsWith("/invocations", StringComparison.Ordinal)
                            ? got.Body.Contains("\"code\":\"not_found\"", StringComparison.Ordinal)
                            : got.Body == nowhere.Body
                    );
                if (hidden == open)
                    wrong.Add($"{method} {path} ({row.Family}): {got}");
            }
        }
        Assert.Empty(wrong);

        // Where it is bound it takes its callers, and the other family is not found there.
        using var listed = await AtPrivate(house)
            .Send(HttpMethod.Get, "/api/v1/keys", key: tenant.Key);
        Assert.Equal(200, (int)listed.StatusCode);
        using var runs = await AtPrivate(house)
            .Send(HttpMethod.Get, "/api/v1/runs", key: tenant.Key);
        Assert.Equal(404, (int)runs.StatusCode);
        Assert.Equal(
            [
                $"  main: {house.Client.BaseAddress!.ToString().TrimEnd('/')} leads to runs",
                $"  private: {PrivateUrl(house)} leads to every door but runs",
            ],
            house.Services.GetRequiredService<OpenListeners>().Describe()
        );
    }

    [Fact]
    public void Each_door_can_be_bound_and_takes_along_those_whose_names_begin_with_its()
    {
        foreach (var row in DoorTable.Rows)
        {
            var mistakes = new List<string>();
            var doors = ListenerDoors.Read(
                new Dictionary<string, string> { [row.Family.Replace(' ', '_')] = "private" },
                ["main", "private"],
                mistakes
            );
            Assert.Empty(mistakes);
            Assert.Empty(doors.ClosedAt("private"));
            Assert.Equal(
                DoorTable
                    .Rows.Select(other => other.Family)
                    .Where(other => other == row.Family || other.StartsWith(row.Family + ' ')),
                doors.ClosedAt("main").Select(closed => closed.Family)
            );
        }
    }

    [Fact]
    public void The_console_takes_its_sign_in_along_unless_that_is_named_too()
    {
        var settings = new Dictionary<string, string> { ["console"] = "private" };
        Assert.Equal(["console", "console sign-in"], Closed());
        settings["console-sign-in"] = "main";
        Assert.Equal(["console"], Closed());

        IEnumerable<string> Closed() =>
            ListenerDoors
                .Read(settings, ["main", "private"], [])
                .ClosedAt("main")
                .Select(closed => closed.Family);
    }

    [Theory]
    [InlineData("/api/v1/admin/organizations/acme", "admin")]
    [InlineData("/API/v1/Admin", "admin")]
    [InlineData("/api/v1/configs/7/secrets/NAME", "secret overrides")]
    [InlineData("/api/v1/configs/7", "flows")]
    [InlineData("/", "public")]
    [InlineData("/elsewhere", null)]
    public void A_path_belongs_to_its_door_whatever_the_method(string path, string? family) =>
        Assert.Equal(family, DoorTable.FindPath(path)?.Family);

    private static TestHouse AtPrivate(TestHouse house) =>
        TestHouse.At(new Uri(PrivateUrl(house)), house.Data);

    private static string PrivateUrl(TestHouse house) =>
        house.Services.GetRequiredService<OpenListeners>().Addresses["private"].Single();

    private static async Task<(int Status, string Body)> Ask(
        TestHouse house,
        HttpMethod method,
        string path,
        string key
    )
    {
        using var answer = await house.Send(method, path, key: key);
        var body = await answer.Content.ReadAsStringAsync();
        return (
            (int)answer.StatusCode,
            body.Replace(
                answer.Headers.GetValues("X-Request-Id").Single(),
                "",
                StringComparison.Ordinal
            )
        );
    }

    [GeneratedRegex(@"\{[^}]+\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Parameter();
}
