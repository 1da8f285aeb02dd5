using System.Globalization;
using System.Net;
using System.Text;
using StereoSpike.Files;
using StereoSpike.Readout;

namespace StereoSpike.Training;

/// <summary>A run on one page that needs nothing else: curves, what each layer does, the best, the median and the worst prediction, settings, program and machine.</summary>
/// <remarks>Drawn from the run's folder alone, while it trains or later. The page asks nothing of a network and runs no script; it follows the reader's choice of light or dark.</remarks>
public static class RunReport
{
    /// <summary>Name of the page in a run's folder.</summary>
    public const string FileName = "report.html";

    private const double ErrorScaleMetres = 1;
    private const int PictureWidthPx = 260;

    private static readonly (string Column, string Title, double Factor)[] Curves =
    [
        ("training_loss", "training loss", 1),
        ("mean_depth_error_cm", "depth error, validation, cm", 1),
        ("event_mean_disparity_error_px", "disparity error at events, validation, px", 1),
        ("event_one_pixel_accuracy", "within 1 px at events, validation, %", 100),
        ("firing_rate", "firing rate, validation, %", 100),
        ("learning_rate", "learning rate", 1),
    ];

    /// <summary>Writes the page into the run's folder.</summary>
    /// <param name="folder">A run's folder.</param>
    /// <returns>The page's path.</returns>
    /// <exception cref="FileNotFoundException">It is no run's folder.</exception>
    /// <exception cref="InvalidDataException">A file in it cannot be used.</exception>
    public static string Write(string folder)
    {
        string path = Path.Combine(folder, FileName);
        WholeFile.WriteText(path, Page(folder));
        return path;
    }

    private static string Page(string folder)
    {
        string settingsPath = Path.Combine(folder, "settings.json"), log = Path.Combine(folder, RunLog.EpochsFile);
        if (!File.Exists(settingsPath) || !File.Exists(log))
        {
            throw new FileNotFoundException($"{folder}: holds no run (settings.json and {RunLog.EpochsFile}). Name the folder that stereospike train --out was given.", settingsPath);
        }

        string json = File.ReadAllText(settingsPath), name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        TrainingSettings settings = TrainingSettings.FromJson(json, settingsPath);
        CsvTable epochs = CsvTable.Read(log);
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $"<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{Encode(name)}</title><style>{Style}</style></head><body>");
        page.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(name)}</h1><p>{Encode(Summary(settings, epochs))}</p>");
        Tiles(page, epochs);
        page.Append("<h2>Curves</h2><div class=\"charts\">");
        foreach ((string column, string title, double factor) in Curves)
        {
            page.Append(SvgChart.Draw(title, [.. epochs.Numbers(column).Select(value => factor * value)]));
        }

        page.Append("</div>");
        Layers(page, folder);
        Predictions(page, folder);
        Origin(page, folder, settings);
        page.Append(CultureInfo.InvariantCulture, $"<h2>Settings</h2><pre>{Encode(json)}</pre></body></html>");
        return page.ToString();
    }

    private static string Summary(TrainingSettings settings, CsvTable epochs) => string.Create(
        CultureInfo.InvariantCulture,
        $"{epochs.Rows} of {settings.Epochs} epochs. {settings.Network.Kind} network, {settings.Network.Neuron.ToString().ToUpperInvariant()} neurons, {settings.Network.Width}×{settings.Network.Height} px, {settings.Network.Channels:G3} of the paper's channels; seed {settings.Seed}; on {string.Join(", ", settings.Data.DefaultIfEmpty("data not named"))}.");

    private static void Tiles(StringBuilder page, CsvTable epochs)
    {
        page.Append("<div class=\"tiles\">");
        Tile("mean_depth_error_cm", 1, "F1", "cm", "depth error", lowestIsBest: true);
        Tile("event_mean_disparity_error_px", 1, "F2", "px", "disparity error at events", lowestIsBest: true);
        Tile("event_one_pixel_accuracy", 100, "F1", "%", "within 1 px at events", lowestIsBest: false);
        Tile("firing_rate", 100, "F1", "%", "of the neurons fire", lowestIsBest: null);
        page.Append("</div>");

        void Tile(string column, double factor, string format, string unit, string words, bool? lowestIsBest)
        {
            double[] values = epochs.Numbers(column);
            double[] known = [.. values.Where(double.IsFinite)];
            if (known.Length == 0)
            {
                return;
            }

            string best = lowestIsBest is { } lowest ? $"; best {(factor * (lowest ? known.Min() : known.Max())).ToString(format, CultureInfo.InvariantCulture)}, epoch {Array.IndexOf(values, lowest ? known.Min() : known.Max())}" : "";
            page.Append(CultureInfo.InvariantCulture, $"<div><b>{(factor * known[^1]).ToString(format, CultureInfo.InvariantCulture)} {unit}</b><span>{words}, last epoch{best}</span></div>");
        }
    }

    private static void Layers(StringBuilder page, string folder)
    {
        string path = Path.Combine(folder, RunLog.LayersFile);
        CsvTable? table = File.Exists(path) ? CsvTable.Read(path) : null;
        if (table is null || table.Rows == 0)
        {
            return;
        }

        (string[] names, string[] kinds, double[] shares, double[] counts, double[] elements) =
            (table.Texts("layer"), table.Texts("kind"), table.Numbers("active_share"), table.Numbers("mean_count"), table.Numbers("elements"));
        page.Append("<h2>Layers</h2><p>On the validation set. Neurons: the share that fires. Sums, which the next convolution reads: the share that is not 0, and the mean count.</p>");
        page.Append("<table><tr><th>layer</th><th>elements</th><th class=\"wide\">active, last epoch</th><th></th><th>mean count</th><th>over the epochs</th></tr>");
        foreach (IGrouping<string, int> layer in Enumerable.Range(0, table.Rows).GroupBy(row => names[row]))
        {
            int last = layer.Last();
            double percent = 100 * shares[last];
            page.Append(CultureInfo.InvariantCulture, $"<tr class=\"{(kinds[last] == "sum" ? "sum" : "neurons")}\"><td>{Encode(layer.Key)}</td><td>{elements[last]:F0}</td><td><i style=\"width:{Math.Clamp(percent, 0, 100):F1}%\"></i></td><td>{percent:F1} %</td><td>{counts[last]:F3}</td><td>{SvgChart.Spark([.. layer.Select(row => shares[row])])}</td></tr>");
        }

        page.Append("</table>");
    }

    private static void Predictions(StringBuilder page, string folder)
    {
        IReadOnlyList<Example> examples = ExampleFile.Read(folder);
        if (examples.Count == 0)
        {
            return;
        }

        page.Append("<h2>Predictions of the best weights</h2><p>Of the validation set, by the image's mean depth error over all known pixels. Grey is unknown.</p>");
        foreach (Example example in examples)
        {
            double error = example.Truth.Metres.Zip(example.Prediction.Metres).Where(pair => !float.IsNaN(pair.First)).Average(pair => Math.Abs((double)pair.First - pair.Second));
            ColourScale depth = ColourScale.DepthOf(example.Truth), errors = ColourScale.ErrorMetres(ErrorScaleMetres);
            Picture picture = new Montage { Columns = 4, Zoom = Math.Clamp((PictureWidthPx + example.Truth.Sensor.Width - 1) / example.Truth.Sensor.Width, 1, 8) }.Draw(
            [
                new Panel("left events", EventPicture.Draw(example.Events, Camera.Left)),
                new Panel("depth, truth", DepthPicture.Draw(example.Truth, depth)) { Scale = depth },
                new Panel("depth, network", DepthPicture.Draw(example.Prediction, depth)) { Scale = depth },
                new Panel("error, brightest from 1 m on", ErrorPicture.Draw(example.Prediction.Metres, example.Truth, errors)) { Scale = errors },
            ]);
            string words = string.Create(CultureInfo.InvariantCulture, $"{example.Rank}: {example.Sample}, mean depth error {100 * error:F1} cm");
            page.Append(CultureInfo.InvariantCulture, $"<figure><figcaption>{Encode(words)}</figcaption><img alt=\"{Encode(words)}\" src=\"data:image/png;base64,{Convert.ToBase64String(picture.EncodePng())}\"></figure>");
        }
    }

    private static void Origin(StringBuilder page, string folder, TrainingSettings settings)
    {
        if (RunOrigin.Load(folder) is not { } origin)
        {
            return;
        }

        page.Append("<h2>Program and machine</h2><dl>");
        foreach ((string key, string value) in ((string, string)[])
        [
            ("began", origin.StartedUtc), ("program", $"StereoSpike for .NET {origin.Program}"), ("commit", origin.Commit ?? "not built in a checkout"), ("seed", $"{settings.Seed}"),
            ("processor", $"{origin.Processor}, {origin.Cores} cores; libtorch threads: {origin.Threads}"), ("memory", string.Create(CultureInfo.InvariantCulture, $"{origin.MemoryGb} GB")),
            ("system", $"{origin.System}, {origin.Runtime}"),
        ])
        {
            page.Append(CultureInfo.InvariantCulture, $"<dt>{key}</dt><dd>{Encode(value)}</dd>");
        }

        page.Append("</dl>");
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root{color-scheme:light dark;--ink:#1c2126;--quiet:#5c6670;--paper:#fff;--rule:#d8dde2;--fill:#eef1f4;--one:#b3401f;--two:#1f6fb3}
        @media(prefers-color-scheme:dark){:root{--ink:#e8ebef;--quiet:#9ba3ae;--paper:#16191e;--rule:#343b44;--fill:#22272e;--one:#ff8a66;--two:#6cb4f5}}
        body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:1320px;margin:2em auto;padding:0 1.2em}
        h1{font-size:1.6em;margin:0}h2{font-size:1.15em;margin:1.8em 0 .4em}p,figcaption,dt,.tiles span{color:var(--quiet)}p{margin:.2em 0 .8em;overflow-wrap:anywhere}
        .tiles{display:flex;flex-wrap:wrap;gap:.8em}.tiles div{background:var(--fill);border-radius:6px;padding:.6em 1em}.tiles b{display:block;font-size:1.4em}
        .charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(340px,1fr));gap:1em}.charts svg{width:100%;height:auto}
        svg .title{font-size:14px;font-weight:600;fill:var(--ink)}svg .words{font-size:12px;fill:var(--quiet)}svg .grid{stroke:var(--rule)}
        svg .line{fill:none;stroke:var(--two);stroke-width:2}svg .dot{fill:var(--two)}svg.spark{width:96px;height:20px;display:block}svg.spark .line{stroke-width:1.5}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:.15em .8em .15em 0;text-align:right;white-space:nowrap}th{font-weight:600;color:var(--quiet)}
        td:first-child,th:first-child{text-align:left}td:last-child,th:last-child,.wide{text-align:left}.wide{min-width:220px}td i{display:block;height:.8em;min-width:1px;background:var(--one);border-radius:2px}.sum td i{background:var(--two)}.sum td:first-child{color:var(--quiet)}
        figure{margin:0 0 1.2em}img{max-width:100%;border-radius:6px;display:block}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1em 1.2em}dd{margin:0}
        pre{background:var(--fill);padding:1em;border-radius:6px;overflow:auto;font-size:13px}
        """;
}
