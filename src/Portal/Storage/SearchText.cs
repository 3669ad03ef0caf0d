using Sensor.Wire;

namespace Sensor.Portal.Storage;

/// <summary>What free-text search looks at: lower-case text kept beside the record, so that both databases compare alike.</summary>
internal static class SearchText
{
    public static string Of(Alert alert) => string.Join(
        '\n', alert.Signature, alert.Sid, alert.Category, alert.ThreatClass, alert.Source?.Ip, alert.Source?.Mac, alert.Source?.Name, alert.Destination?.Ip,
        alert.Destination?.Mac, alert.Destination?.Name, alert.Host, alert.Url, alert.FileName, alert.FileSha256, alert.FileMd5, alert.List?.List, alert.List?.Entry,
        alert.Ja3, alert.Ja4, alert.CommunityId, alert.ClassName?.Ja, alert.ClassName?.En, alert.WhatHappened?.Ja, alert.WhatHappened?.En).ToLowerInvariant();

    /// <summary>The LIKE pattern that finds the words anywhere; wildcards in them stand for themselves.</summary>
    public static string Pattern(string text) => "%" + text.ToLowerInvariant()
        .Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
