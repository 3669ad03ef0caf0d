using System.Globalization;
using System.Reflection;
using System.Text;
using Sensor.Portal.Storage;

namespace Sensor.Portal.Pages;

/// <summary>The addresses of the pages. Every page is made on the server; there is no script at all.</summary>
internal static class PageRoutes
{
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    public static void Map(IEndpointRouteBuilder routes, SensorStore sensors, AlertStore alerts, IncidentStore incidents, TimeProvider time)
    {
        byte[] style = Style();
        routes.MapGet("/style.css", (HttpContext http) =>
        {
            http.Response.Headers.CacheControl = "max-age=300";
            return Results.Bytes(style, "text/css; charset=utf-8");
        });
        routes.MapGet("/", (HttpContext http) => Show(http, time, page => OverviewPage.Render(page, sensors, alerts, incidents)));
        routes.MapGet("/alerts", (HttpContext http) => Show(http, time, page => AlertsPage.Render(page, sensors, alerts)));
        routes.MapGet("/alerts/{id}", (HttpContext http, string id) => Show(http, time, page => Number(id) is { } number ? AlertPage.Render(page, sensors, alerts, number) : null));
        routes.MapGet("/incidents", (HttpContext http) => Show(http, time, page => IncidentPages.List(page, sensors, incidents)));
        routes.MapGet("/incidents/{sensor}/{id}", (HttpContext http, string sensor, string id) =>
            Show(http, time, page => Number(id) is { } number ? IncidentPages.One(page, sensors, alerts, incidents, sensor, number) : null));
        routes.MapFallback("{*path}", (HttpContext http) => Show(http, time, _ => null));
    }

    /// <summary>Headers of everything the page port answers.</summary>
    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }

    private static IResult Show(HttpContext http, TimeProvider time, Func<PageContext, Markup?> render)
    {
        PageContext page = PageContext.From(http, time);
        if (render(page) is { } found) return Results.Content(found.ToString(), "text/html; charset=utf-8", Encoding.UTF8);
        Markup missing = Layout.Page(page, page.Say(Words.NotFound), Markup.Of($"""<h1>{page.Say(Words.NotFound)}</h1><p class="card">{page.Say(Words.NotFoundText)}</p>"""));
        return Results.Content(missing.ToString(), "text/html; charset=utf-8", Encoding.UTF8, StatusCodes.Status404NotFound);
    }

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;

    private static byte[] Style()
    {
        using Stream resource = Assembly.GetExecutingAssembly().GetManifestResourceStream("style.css")!;
        byte[] bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        return bytes;
    }
}
