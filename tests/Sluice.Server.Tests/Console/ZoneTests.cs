using System.Globalization;
using Sluice.Server.Console;
using Sluice.Server.Identity.Profiles;

namespace Sluice.Server.Tests.Console;

/// <summary>Clocks that are put forward and back: what is shown, and when a day that was typed begins.</summary>
public sealed class ZoneTests
{
    [Theory]
    [InlineData("Europe/Berlin", "2026-10-25T00:30:00Z", "25 Oct 2026, 02:30 UTC+2")]
    [InlineData("Europe/Berlin", "2026-10-25T01:30:00Z", "25 Oct 2026, 02:30 UTC+1")]
    [InlineData("Europe/Berlin", "2026-03-29T00:59:59Z", "29 Mar 2026, 01:59 UTC+1")]
    [InlineData("Europe/Berlin", "2026-03-29T01:00:00Z", "29 Mar 2026, 03:00 UTC+2")]
    [InlineData("Australia/Lord_Howe", "2026-07-01T00:00:00Z", "1 Jul 2026, 10:30 UTC+10:30")]
    [InlineData("Europe/London", "2026-01-01T00:00:00Z", "1 Jan 2026, 00:00 UTC+0")]
    public void An_hour_that_comes_twice_is_told_apart_by_its_offset(
        string zone,
        string at,
        string shown
    ) =>
        Assert.Equal(
            shown,
            new Zone(zone).Moment(DateTimeOffset.Parse(at, CultureInfo.InvariantCulture))
        );

    [Theory]
    [InlineData("UTC", "2026-11-22", "2026-11-22T00:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z")]
    [InlineData("Europe/Berlin", "2026-03-30", "2026-03-29T22:00:00Z")]
    // Midnight is missing: clocks go from 23:59:59 to 1:00.
    [InlineData("America/Santiago", "2026-09-06", "2026-09-06T04:00:00Z")]
    [InlineData("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z")]
    // Midnight comes twice: the first is meant.
    [InlineData("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z")]
    // The hour before midnight comes twice, midnight once.
    [InlineData("America/Santiago", "2026-04-05", "2026-04-05T04:00:00Z")]
    // A whole day that was left out, at the date line, begins and ends when the next begins.
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z")]
    [InlineData("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z")]
    [InlineData("Pacific/Kiritimati", "2026-01-01", "2025-12-31T10:00:00Z")]
    [InlineData("Etc/GMT+12", "2026-01-01", "2026-01-01T12:00:00Z")]
    public void A_day_begins_with_its_first_moment_whatever_the_clocks_do(
        string zone,
        string day,
        string begins
    ) =>
        Assert.Equal(
            DateTimeOffset.Parse(begins, CultureInfo.InvariantCulture),
            new Zone(zone).Begin(DateOnly.Parse(day, CultureInfo.InvariantCulture))
        );

    [Fact]
    public void Every_day_ends_where_the_next_begins_in_every_zone()
    {
        Assert.True(TimeZones.All.Count > 300);
        foreach (var name in TimeZones.All)
        {
            var (zone, info) = (new Zone(name), TimeZones.Find(name)!);
            var day = new DateOnly(2026, 1, 1);
            var begin = zone.Begin(day);
            // Where clocks stay as they are, one day is as the other.
            var days = info.SupportsDaylightSavingTime ? 365 : 2;
            for (var i = 0; i < days; i++, day = day.AddDays(1))
            {
                var end = zone.End(day);
                var (first, last) = (There(begin), There(end.AddSeconds(-1)));
                Assert.True(
                    first == day && last == day && There(begin.AddSeconds(-1)) < day,
                    $"{name} {day:O}: {first:O} to {last:O}"
                );
                // Troll in Antarctica puts its clocks forward by two hours.
                Assert.InRange((end - begin).TotalHours, 22, 26);
                begin = end;
            }

            DateOnly There(DateTimeOffset at) =>
                DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, info).DateTime);
        }
    }
}
