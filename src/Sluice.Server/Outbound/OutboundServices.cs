namespace Sluice.Server.Outbound;

internal static class OutboundServices
{
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
        services.AddSingleton<Mailer>();
        services.AddHostedService(provider => provider.GetRequiredService<Mailer>());
        return services;
    }
}
