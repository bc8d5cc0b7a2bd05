namespace Sluice.Server.Console.Usage;

/// <summary>A day of a chart.</summary>
/// <param name="First">The lower part of the bar.</param>
/// <param name="Second">What stands on it.</param>
/// <param name="Total">At least both together; the rest counts in the total alone.</param>
public sealed record Bar(DateOnly Day, long First, long Second, long Total);
