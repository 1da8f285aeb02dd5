using StereoSpike.Files;
using StereoSpike.Ingest;
using StereoSpike.Readout;

namespace StereoSpike.Hardware;

/// <summary>Scores the pipeline's answers on a recording beside what can be had without looking at an event.</summary>
/// <remarks>
/// Where the recording's truth is one disparity an event, pixels weigh by their events in the truth's window, else all alike.
/// The truth is the raw one. Best constants are chosen with sight of the evaluated truth, so they take a second pass over it.
/// </remarks>
public sealed class RecordingScore
{
    private readonly IStereoRecording _recording;
    private readonly TruthReader _truths;
    private readonly DepthMap? _meanDepth;
    private readonly DepthErrors _network;
    private readonly DepthErrors _trainingMean;
    private readonly ConstantDepth _constants;
    private readonly DisparityBias _bias;
    private readonly List<int> _labels = [];
    private readonly float[] _counts;

    /// <summary>Makes an empty score.</summary>
    /// <param name="recording">What is answered; it must have depth of its left camera.</param>
    /// <param name="windowUs">The network's window, µs.</param>
    /// <param name="nearerThanMetres">Only truth nearer than this counts, metres, greater than 0.</param>
    /// <param name="meanDepth">The training set's mean depth at each pixel, shape [H,W]; null where unknown.</param>
    /// <param name="keepsImages">Whether <see cref="Save"/> will be asked for.</param>
    /// <exception cref="InvalidDataException">The recording has no depth.</exception>
    public RecordingScore(IStereoRecording recording, long windowUs, double nearerThanMetres = double.PositiveInfinity, DepthMap? meanDepth = null, bool keepsImages = false)
    {
        ArgumentNullException.ThrowIfNull(recording);
        if (!recording.HasDepth(Camera.Left))
        {
            throw new InvalidDataException($"{recording.Name}: it has no depth of its left camera, so there is nothing to score against. Put its ground truth beside it (X_gt.hdf5), or use stereospike infer.");
        }

        _recording = recording;
        _truths = new TruthReader(recording, windowUs);
        _counts = new float[recording.Rig.Sensor.Pixels];
        _meanDepth = meanDepth;
        Settings = new DepthErrorSettings
        {
            FocalBaselinePxMetres = recording.Rig.FocalBaselinePxMetres,
            NearerThanMetres = nearerThanMetres,
            Weighting = recording.TruthIsPerEvent ? PixelWeighting.ByEvents : PixelWeighting.Even,
        };
        (_network, _trainingMean, _constants, _bias) = (new(Settings, keepsImages), new(Settings), new(Settings), new(Settings));
    }

    /// <summary>The definition of the figures.</summary>
    public DepthErrorSettings Settings { get; }

    /// <summary>The labels of the frames added so far.</summary>
    public IReadOnlyList<int> Labels => _labels;

    /// <summary>Adds a frame of the pipeline.</summary>
    /// <param name="frame">With its truth.</param>
    /// <returns>The frame's mean depth error, metres; NaN where it has no valid pixel.</returns>
    /// <exception cref="ArgumentException">It has none: its request named no label.</exception>
    public double Add(DepthFrame frame)
    {
        ArgumentNullException.ThrowIfNull(frame);
        if (frame is not { Truth: { } truth, Request.Label: { } label })
        {
            throw new ArgumentException($"Frame {frame.Index} has no truth; ask for it by its label.", nameof(frame));
        }

        AddTruth(label, truth, frame.TruthEventCounts);
        _bias.Add(frame.Depth, truth, frame.TruthEventCounts);
        return _network.Add(frame.Depth, truth, frame.TruthEventCounts);
    }

    /// <summary>Adds a range that was scored elsewhere, as if its frames came here; its truth is read for the constants.</summary>
    /// <param name="part">Its labels follow those added before.</param>
    /// <param name="cancellation">Stops between two labels.</param>
    /// <exception cref="InvalidDataException">It is of another definition or recording, or its labels overlap what is here.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Add(EvaluationPart part, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(part);
        if (part.Definition != Settings.Definition)
        {
            throw new InvalidDataException($"{_recording.Name}: a part was scored by \"{part.Definition}\" and cannot join \"{Settings.Definition}\". Score all ranges with the same options.");
        }

        foreach (int label in part.Labels)
        {
            cancellation.ThrowIfCancellationRequested();
            if (label >= _recording.LabelTimesUs.Count || (_labels.Count > 0 && label <= _labels[^1]))
            {
                throw new InvalidDataException($"{_recording.Name}: a part holds label {label}, which is in another part already, or is none of the recording's {_recording.LabelTimesUs.Count}. Give each range once.");
            }

            AddTruth(label, _truths.Read(label, _counts), _counts);
        }

        _bias.Add(part.BiasBelow, part.BiasAbove);
        _network.Add(part.Errors);
    }

    /// <summary>What was added, for <see cref="Add(EvaluationPart, CancellationToken)"/> elsewhere.</summary>
    /// <param name="engine">Tells what fired.</param>
    /// <param name="counters">Tell the events read.</param>
    /// <exception cref="InvalidOperationException">Images were not kept.</exception>
    public EvaluationPart Save(IDepthEngine engine, PipelineCounters counters)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(counters);
        (NpyArray below, NpyArray above) = _bias.Save();
        return new EvaluationPart
        {
            Definition = Settings.Definition,
            Labels = [.. _labels],
            Errors = _network.Save(),
            BiasBelow = below,
            BiasAbove = above,
            Left = counters.Left,
            Right = counters.Right,
            FiringRates = [.. engine.FiringRates, new("mean", engine.MeanFiringRate)],
        };
    }

    /// <summary>The figures, after a second pass over the truth of the frames added, for the constants.</summary>
    /// <param name="cancellation">Stops between two labels.</param>
    /// <exception cref="InvalidDataException">No frame had a valid pixel.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public RecordingReport Finish(CancellationToken cancellation = default)
    {
        if (_network.Frames == 0)
        {
            throw new InvalidDataException($"{_recording.Name}: none of {_labels.Count} labels has a valid pixel under \"{Settings.Definition}\". Widen the range of labels or of depth.");
        }

        var baselines = new List<BaselineReport>();
        if (_meanDepth is not null)
        {
            baselines.Add(new BaselineReport(BaselineReport.TrainingMean, null, _trainingMean.Report()));
        }

        (string Name, double Metres, DepthErrors Errors)[] constants =
        [
            (BaselineReport.BestConstant, _constants.LeastDepthErrorMetres, new DepthErrors(Settings)),
            (BaselineReport.BestConstantDisparity, _constants.LeastDisparityErrorMetres, new DepthErrors(Settings)),
            (BaselineReport.BestConstantOnePixel, _constants.MostWithinOnePixelMetres, new DepthErrors(Settings)),
        ];
        Score([.. constants.Select(constant => (ConstantDepth.Map(_recording.Rig.Sensor, constant.Metres), constant.Errors))], cancellation);
        baselines.AddRange(constants.Select(constant => new BaselineReport(constant.Name, constant.Metres, constant.Errors.Report())));
        return new RecordingReport(_network.Report(), _bias.MedianPx, baselines);
    }

    private void AddTruth(int label, DepthMap truth, float[] counts)
    {
        _labels.Add(label);
        _constants.Add(truth, counts);
        if (_meanDepth is not null)
        {
            _trainingMean.Add(_meanDepth, truth, counts);
        }
    }

    private void Score((DepthMap Prediction, DepthErrors Errors)[] methods, CancellationToken cancellation)
    {
        foreach (int label in _labels)
        {
            cancellation.ThrowIfCancellationRequested();
            DepthMap truth = _truths.Read(label, _counts);
            foreach ((DepthMap prediction, DepthErrors errors) in methods)
            {
                errors.Add(prediction, truth, _counts);
            }
        }
    }
}
