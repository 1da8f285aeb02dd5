namespace StereoSpike.Ingest;

/// <summary>What the columns x, y, t and p of events are called: the names in use, or those that a user gives.</summary>
internal static class EventColumnNames
{
    /// <summary>The columns, in the order in which everything here keeps them.</summary>
    public const string Columns = "xytp";

    private static readonly string[][] InUse =
    [
        ["x", "xs", "x_pos", "col"], ["y", "ys", "y_pos", "row"], ["t", "ts", "time", "times", "timestamp", "timestamps"], ["p", "ps", "pol", "polarity", "polarities", "on"],
    ];

    /// <summary>Finds x, y, t and p among names by what they are called, the last part of a path counting; null where one is missing.</summary>
    public static string[]? Find(IReadOnlyList<string> names)
    {
        string?[] found = [.. InUse.Select(known => names.FirstOrDefault(name => known.Contains(name.Split('/')[^1], StringComparer.OrdinalIgnoreCase)))];
        return found.All(name => name is not null) ? [.. found.Select(name => name!)] : null;
    }

    /// <summary>Takes <c>x=events/x,y=events/y,t=events/t,p=events/p</c> apart.</summary>
    /// <returns>The names of x, y, t, p, without a slash in front.</returns>
    /// <exception cref="ArgumentException">It is not those four, each once.</exception>
    public static string[] Parse(string keys)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        bool sound = keys.Split(',', StringSplitOptions.TrimEntries).All(pair => pair.Split('=', 2, StringSplitOptions.TrimEntries) is [var key, { Length: > 0 } name] && given.TryAdd(key, name.Trim('/')));
        return sound && given.Count == Columns.Length && Columns.All(column => given.ContainsKey(column.ToString()))
            ? [.. Columns.Select(column => given[column.ToString()])]
            : throw new ArgumentException($"The keys \"{keys}\" do not name each of x, y, t and p once; write them as x=events/x,y=events/y,t=events/t,p=events/p.");
    }
}
