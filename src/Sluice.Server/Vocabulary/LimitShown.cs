namespace Sluice.Server.Vocabulary;

/// <summary>Where a limit stands, for the fields <c>RateLimit</c> and <c>RateLimit-Policy</c> (draft-ietf-httpapi-ratelimit-headers).</summary>
/// <param name="Name">What is limited: <c>key</c>, <c>key-day</c>, <c>tenant</c>, <c>license</c>, <c>address</c>, <c>sign-in</c> and the like.</param>
/// <param name="Quota">Calls in a window.</param>
/// <param name="Window">Seconds of the window.</param>
/// <param name="Remaining">Calls that are left now.</param>
/// <param name="Reset">Seconds until there are more.</param>
internal sealed record LimitShown(string Name, long Quota, long Window, long Remaining, int Reset)
{
    /// <summary>That of a bucket which is empty.</summary>
    public static LimitShown Empty(string name, double quota, long window, BucketState state) =>
        new(name, (long)quota, window, 0, state.RetryAfter);

    public void Write(HttpResponse response)
    {
        response.Headers["RateLimit-Policy"] = $"\"{Name}\";q={Quota};w={Window}";
        response.Headers["RateLimit"] = $"\"{Name}\";r={Remaining};t={Reset}";
    }
}
