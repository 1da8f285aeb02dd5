using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;

namespace StereoSpike.Benchmarks;

/// <summary>Millions of events a second at the median, for benchmarks whose parameter <c>Events</c> says how many a call takes.</summary>
public sealed class EventRateColumn : IColumn
{
    /// <inheritdoc/>
    public string Id => nameof(EventRateColumn);

    /// <inheritdoc/>
    public string ColumnName => "M events/s";

    /// <inheritdoc/>
    public string Legend => "Millions of events a second at the median, both cameras together";

    /// <inheritdoc/>
    public bool AlwaysShow => true;

    /// <inheritdoc/>
    public ColumnCategory Category => ColumnCategory.Custom;

    /// <inheritdoc/>
    public int PriorityInCategory => 0;

    /// <inheritdoc/>
    public bool IsNumeric => true;

    /// <inheritdoc/>
    public UnitType UnitType => UnitType.Dimensionless;

    /// <inheritdoc/>
    public bool IsAvailable(Summary summary) => true;

    /// <inheritdoc/>
    public bool IsDefault(Summary summary, BenchmarkCase benchmarkCase) => false;

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase) => GetValue(summary, benchmarkCase, SummaryStyle.Default);

    /// <inheritdoc/>
    public string GetValue(Summary summary, BenchmarkCase benchmarkCase, SummaryStyle style)
    {
        double? medianNs = summary[benchmarkCase]?.ResultStatistics?.Median;
        object? events = benchmarkCase.Parameters.Items.FirstOrDefault(item => item.Name == "Events")?.Value;
        return medianNs is > 0 && events is not null
            ? (Convert.ToDouble(events, CultureInfo.InvariantCulture) / medianNs.Value * 1e3).ToString("F1", CultureInfo.InvariantCulture)   // events a nanosecond, times 1000
            : "-";
    }
}
