using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Asks whether a network sees stereo or only guesses well: it answers windows whose right image was tampered with.</summary>
/// <remarks>
/// On some evenly spread windows, with d̂ the predicted disparity, errors by the given definition:
/// <code>
/// shift_slope                   (Δ₊ − Δ₋) / (2·4 px); Δ± = mean over left events of d̂(right image moved so that each disparity is 4 px more or less) − d̂,
///                                 of those events only whose true disparity is 5 px or more: the others cannot shrink so far
/// scrambled_right_error_ratio   mean |d̂ − d| with the right image of another time / with the true one
/// blank_right_error_ratio       the same without any right event: what one eye is good for
/// median_bias_px                median of d̂ − d
/// near_…, far_…                 errors where the truth is nearer, or farther, than its median
/// </code>
/// A network that sees stereo follows the shift, and gets lost without the true right image. One that has learned the scene's layout, or the size of things, does neither.
/// The engine's firing rates count these windows too: read them before.
/// </remarks>
public sealed class StereoGates
{
    /// <summary>How many windows are looked at unless more or fewer are asked for.</summary>
    public const int DefaultWindows = 24;

    /// <summary>How far the right image is moved, px, to either side.</summary>
    public const int ShiftPx = 4;

    private const double LeastSlope = 0.8, MostSlope = 1.2, LeastRatio = 1.25, MostBiasPx = 0.5;

    private readonly IDepthEngine _engine;
    private readonly IStereoEncoder _encoder;
    private readonly DepthReadout _readout;
    private readonly DepthErrorSettings _errors;
    private readonly StereoWindowReader _windows;
    private readonly StereoWindowReader _others;   // its own buffers: two windows are held at once
    private readonly TruthReader _truths;
    private readonly SpikeFrame _input;
    private readonly float[] _potentials;
    private readonly float[] _counts;
    private readonly double _focalBaseline;

    /// <summary>Joins a recording and a network.</summary>
    /// <param name="recording">With depth of its left camera.</param>
    /// <param name="engine">The network.</param>
    /// <param name="errors">The definition of the errors, such as <see cref="RecordingScore.Settings"/>.</param>
    /// <param name="weights">What messages call the network's file.</param>
    /// <exception cref="InvalidDataException">The network does not fit the recording.</exception>
    public StereoGates(IStereoRecording recording, IDepthEngine engine, DepthErrorSettings errors, string weights = "weights")
    {
        ArgumentNullException.ThrowIfNull(recording);
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(errors);
        NetworkFit.Check(engine.Settings, weights, recording);
        _engine = engine;
        _encoder = NetworkFit.Encoder(engine.Settings, weights);
        _focalBaseline = recording.Rig.FocalBaselinePxMetres;
        _readout = new DepthReadout(engine.Settings, _focalBaseline);
        _errors = errors;
        (_windows, _others) = (new StereoWindowReader(recording), new StereoWindowReader(recording));
        _truths = new TruthReader(recording, engine.Settings.WindowUs);
        _input = new SpikeFrame(_encoder.Channels, recording.Rig.Sensor);
        (_potentials, _counts) = (new float[recording.Rig.Sensor.Pixels], new float[recording.Rig.Sensor.Pixels]);
    }

    /// <summary>Measures all gates; the network runs five times a window.</summary>
    /// <param name="requests">Windows with labels, as for the score.</param>
    /// <param name="windows">The most windows to look at, at least 1.</param>
    /// <param name="progress">Told after each window; may be null.</param>
    /// <param name="cancellation">Stops between two windows.</param>
    /// <returns>The gates, in the order they are printed in.</returns>
    /// <exception cref="ArgumentException">There is no request, or one without a label.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidDataException">The recording is damaged.</exception>
    public IReadOnlyList<Gate> Run(IReadOnlyList<FrameRequest> requests, int windows = DefaultWindows, IWorkProgress? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        FrameRequest[] spread = Spread(requests, Guard.AtLeast(windows, 1));
        double middle = MiddleMetres(spread);
        var sums = new GateSums(_errors);
        for (int i = 0; i < spread.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            StereoWindow window = _windows.Read(spread[i].Window);
            DepthMap truth = _truths.Read(spread[i].Label!.Value, _counts);
            DepthMap answer = Answer(window);
            sums.AddTruth(answer, truth, middle, _counts);
            int[] movable = Movable(window, truth);
            sums.AddShift(ChangePx(window, answer, movable, -ShiftPx), ChangePx(window, answer, movable, ShiftPx), movable.Length);
            sums.Blank.Add(Answer(RightImage.Blank(window)), truth, _counts);
            if (spread.Length > 1)
            {
                StereoWindow another = _others.Read(spread[(i + (spread.Length / 2)) % spread.Length].Window);
                sums.Scrambled.Add(Answer(RightImage.FromAnother(window, another)), truth, _counts);
            }

            progress?.Report(i + 1, spread.Length);
        }

        return Gates(sums);
    }

    private static List<Gate> Gates(GateSums sums)
    {
        double error = GateSums.DisparityErrorPx(sums.All);
        return
        [
            new("disparity_error_px", error),
            new("shift_slope", (sums.ShiftUpPx - sums.ShiftDownPx) / (2 * ShiftPx), LeastSlope, MostSlope),
            new($"shift_minus_{ShiftPx}_px", sums.ShiftDownPx),
            new($"shift_plus_{ShiftPx}_px", sums.ShiftUpPx),
            new("scrambled_right_error_ratio", GateSums.DisparityErrorPx(sums.Scrambled) / error, LeastRatio),
            new("blank_right_error_ratio", GateSums.DisparityErrorPx(sums.Blank) / error, LeastRatio),
            new("median_bias_px", sums.Bias.MedianPx, -MostBiasPx, MostBiasPx),
            new("near_disparity_error_px", GateSums.DisparityErrorPx(sums.Near)),
            new("far_disparity_error_px", GateSums.DisparityErrorPx(sums.Far)),
            new("near_depth_error_cm", GateSums.DepthErrorCm(sums.Near)),
            new("far_depth_error_cm", GateSums.DepthErrorCm(sums.Far)),
        ];
    }

    private static FrameRequest[] Spread(IReadOnlyList<FrameRequest> requests, int windows)
    {
        if (requests.Count == 0 || requests.Any(request => request.Label is null))
        {
            throw new ArgumentException("Gates need at least one window, and a label with each.", nameof(requests));
        }

        int count = Math.Min(windows, requests.Count);
        return [.. Enumerable.Range(0, count).Select(i => requests[(int)(((2L * i) + 1) * requests.Count / (2L * count))])];   // the middle of each of as many parts
    }

    /// <summary>The depth that half of the truth is nearer than, metres; NaN without truth.</summary>
    private double MiddleMetres(FrameRequest[] requests)
    {
        var truths = new ConstantDepth(_errors);
        foreach (FrameRequest request in requests)
        {
            truths.Add(_truths.Read(request.Label!.Value, _counts), _counts);
        }

        return truths.IsEmpty ? double.NaN : truths.LeastDisparityErrorMetres;   // which is the pixels' median
    }

    /// <summary>The pixel of each left event whose true disparity can shrink by the shift and stay in front of the rig.</summary>
    private int[] Movable(in StereoWindow window, DepthMap truth)
    {
        int width = window.Sensor.Width;
        double farthestMetres = _focalBaseline / (ShiftPx + 1);
        return [.. window.Left.ToArray().Select(e => (e.Y * width) + e.X).Where(pixel => truth.Metres[pixel] <= farthestMetres)];   // NaN is unknown
    }

    /// <summary>How much the predicted disparity changes when the right image moves, px, summed over pixels.</summary>
    private double ChangePx(in StereoWindow window, DepthMap answer, int[] pixels, int shiftPx)
    {
        DepthMap shifted = Answer(RightImage.Shifted(window, shiftPx));
        return pixels.Sum(pixel => (_focalBaseline / shifted.Metres[pixel]) - (_focalBaseline / answer.Metres[pixel]));
    }

    private DepthMap Answer(in StereoWindow window)
    {
        _encoder.Encode(window, _input.Values);
        _engine.Run(_input, _potentials);
        return _readout.Read(_potentials);
    }
}
