using System.Collections.Concurrent;
using Microsoft.Playwright;
using Sluice.Server.Tests;
using Sluice.Server.Tests.Identity;

namespace Sluice.Console.Tests;

/// <summary>A browser's window, and what it complains of: errors of scripts, and what the security policy stopped.</summary>
internal sealed class Window : IAsyncDisposable
{
    private readonly IBrowserContext _context;

    public Window(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            // The network's own lines are about answers that a test asks for.
            if (
                message.Type is "error" or "warning"
                && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
            )
                Complaints.Enqueue(message.Text);
        };
        page.PageError += (_, error) => Complaints.Enqueue(error);
        page.Request += (_, request) => Requests.Enqueue(request);
    }

    public IPage Page { get; }

    public ConcurrentQueue<string> Complaints { get; } = new();

    public ConcurrentQueue<IRequest> Requests { get; } = new();

    /// <summary>Signs a person in by hand, as people do.</summary>
    public async Task SignIn(Person person)
    {
        await Page.GotoAsync("/console");
        await Page.GetByLabel("Organisation").FillAsync(person.Tenant.Handle);
        await Page.GetByLabel("E-mail address").FillAsync(person.Email);
        await Page.GetByLabel("Password").FillAsync(Person.Password);
        await Page.GetByLabel("Password").PressAsync("Enter");
        await Page.GetByRole(AriaRole.Heading, new() { Name = "Home", Exact = true })
            .WaitForAsync();
    }

    /// <summary>Waits until a page is there whole, its scripts included: before, a link is one to a page, and no dialog's.</summary>
    public async Task Arrive(string heading)
    {
        await Heading(heading).WaitForAsync();
        await Page.WaitForLoadStateAsync();
    }

    public ILocator Button(string name) =>
        Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) =>
        Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Heading(string name) =>
        Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    public ILocator Field(string label) => Page.GetByLabel(label, new() { Exact = false });

    public ValueTask DisposeAsync() => _context.DisposeAsync();
}
