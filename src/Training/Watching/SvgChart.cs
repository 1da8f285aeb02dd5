using System.Globalization;
using System.Net;
using System.Text;

namespace StereoSpike.Training;

/// <summary>A curve over epochs as inline SVG: axes with round numbers, one line, a dot an epoch that tells its value when pointed at.</summary>
/// <remarks>Colours come from the page's style (classes grid, words, line), so the chart is readable on light and on dark.</remarks>
internal static class SvgChart
{
    private const int Width = 420, Height = 220, Left = 58, Right = 12, Top = 30, Bottom = 34, MostTicks = 5;

    /// <summary>Draws a curve.</summary>
    /// <param name="title">What is drawn, with its unit.</param>
    /// <param name="values">A value an epoch, from 0 on; what is no number is left out.</param>
    /// <returns>An svg element; empty where no value is a number.</returns>
    public static string Draw(string title, IReadOnlyList<double> values)
    {
        (int Epoch, double Value)[] points = [.. values.Select((value, epoch) => (epoch, value)).Where(point => double.IsFinite(point.value))];
        if (points.Length == 0)
        {
            return "";
        }

        double low = points.Min(point => point.Value), high = points.Max(point => point.Value);
        double step = Step(high > low ? high - low : Math.Max(Math.Abs(high), 1e-6));
        (low, high) = (Math.Floor(low / step) * step, Math.Ceiling(high / step) * step);
        high = high > low ? high : low + step;
        double X(double epoch) => Left + ((Width - Left - Right) * (values.Count == 1 ? 0.5 : epoch / (values.Count - 1)));
        double Y(double value) => Height - Bottom - ((Height - Top - Bottom) * (value - low) / (high - low));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\"><text class=\"title\" x=\"{Left}\" y=\"18\">{WebUtility.HtmlEncode(title)}</text>");
        for (int i = 0; low + (i * step) <= high + (step / 2); i++)
        {
            double value = low + (i * step), y = Y(value);
            svg.Append(CultureInfo.InvariantCulture, $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y:F1}\" y2=\"{y:F1}\"/><text class=\"words\" x=\"{Left - 8}\" y=\"{y + 4:F1}\" text-anchor=\"end\">{Text(value, step)}</text>");
        }

        int every = Math.Max(1, (int)Math.Ceiling((values.Count - 1) / (double)MostTicks));
        for (int epoch = 0; epoch < values.Count; epoch += every)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<text class=\"words\" x=\"{X(epoch):F1}\" y=\"{Height - Bottom + 18}\" text-anchor=\"middle\">{epoch}</text>");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text class=\"words\" x=\"{Width - Right}\" y=\"{Height - 3}\" text-anchor=\"end\">epoch</text><polyline class=\"line\" points=\"");
        svg.AppendJoin(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{X(point.Epoch):F1},{Y(point.Value):F1}"))).Append("\"/>");
        foreach ((int epoch, double value) in points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<circle class=\"dot\" cx=\"{X(epoch):F1}\" cy=\"{Y(value):F1}\" r=\"3\"><title>epoch {epoch}: {value:G5}</title></circle>");
        }

        return svg.Append("</svg>").ToString();
    }

    /// <summary>A curve as small as a word, from 0 to the largest value.</summary>
    public static string Spark(IReadOnlyList<double> values)
    {
        const int W = 96, H = 20;
        double high = values.Where(double.IsFinite).DefaultIfEmpty().Max();
        IEnumerable<string> points = values.Select((value, i) => (i, value)).Where(point => double.IsFinite(point.value)).Select(point => string.Create(
            CultureInfo.InvariantCulture, $"{(values.Count == 1 ? W / 2.0 : 2 + ((W - 4.0) * point.i / (values.Count - 1))):F1},{(high > 0 ? H - 2 - ((H - 4) * point.value / high) : H - 2):F1}"));
        return $"<svg class=\"spark\" viewBox=\"0 0 {W} {H}\" aria-hidden=\"true\"><polyline class=\"line\" points=\"{string.Join(' ', points)}\"/></svg>";
    }

    private static double Step(double range)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(range / MostTicks))), wanted = range / MostTicks / power;
        return power * (wanted <= 1 ? 1 : wanted <= 2 ? 2 : wanted <= 5 ? 5 : 10);
    }

    private static string Text(double value, double step)
    {
        int decimals = Math.Max(0, -(int)Math.Floor(Math.Log10(step) + 1e-9));
        return decimals > 5 ? (value + 0.0).ToString("E1", CultureInfo.InvariantCulture) : (Math.Round(value, decimals) + 0.0).ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }
}
