using System.Net;
using Microsoft.Extensions.Logging.Abstractions;

namespace Sluice.Server.Outbound;

internal static class OutboundServices
{
    /// <exception cref="OutboundSettingException">A setting cannot be used.</exception>
    public static IServiceCollection AddOutbound(
        this IServiceCollection services,
        IConfiguration configuration
    )
    {
        services
            .AddOptions<MailOptions>()
            .Bind(configuration.GetSection("Mail"))
            .Configure(mail => mail.Password ??= configuration["SLUICE_MAIL_PASSWORD"])
            .Validate(
                static mail => mail.IsGood(),
                "Mail: with Host, From is an address and Port a number from 1 to 65535."
            )
            .ValidateOnStart();
        services.AddSingleton<SettingsDocument>();
        services.AddSingleton<Mailer>();
        // A mistake in them is told before anything is opened.
        using (OutboundSettings.Read(configuration, TimeProvider.System, NullLogger.Instance))
            services.AddSingleton(provider =>
                OutboundSettings.Read(
                    configuration,
                    provider.GetRequiredService<TimeProvider>(),
                    provider.GetRequiredService<ILogger<TrustFiles>>()
                )
            );
        services.AddSingleton<ResolveHost>(_ => Dns.GetHostAddressesAsync);
        // HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, as the platform reads them.
        services.AddSingleton(_ => HttpClient.DefaultProxy);
        services.AddSingleton<OutboundHttp>();
        services.AddHostedService(provider => provider.GetRequiredService<Mailer>());
        return services;
    }
}
